// Package load measures the product under load: `make bench`, or
//
//	go test -run '^$' -bench . -benchtime 1x ./test/load
//
// Every figure is of the real binary as a process of its own, on SQLite and, if
// KONTOR_TEST_POSTGRES names a server, on PostgreSQL. WhatsApp, and whoever asks
// the API, run on the same machine and take their share of it. Output is in the
// form that benchstat reads; nothing asserts a time.
//
//	limit       what this machine and disk allow at most. Of intake: HTTP, signature,
//	            JSON, and an appended file with one sync for all who wait. Of sends:
//	            the same for the request, the call to WhatsApp, and a line for the answer
//	intake      webhooks stored before the 200, at 64 connections; of-limit-% is
//	            the share of the limit measured just before: it survives a change of machine
//	send        messages from POST send/text to WhatsApp, which answers after 50 ms;
//	            over eight numbers of the faster kind (1,000 a second each), and over
//	            one. cpu-s/1000 is the product's own CPU time for 1,000 of them, and
//	            of-limit-% the share of the limit of sends
//	cap         one number of the slower kind (80 a second) with more to send than
//	            it may: refused for speed, and how much of the cap was used, both
//	            counted in sliding seconds
//
//	old         (BenchmarkOld) intake into a database with KONTOR_LOAD_MESSAGES (200 000)
//	            messages as a share of intake into one with 2 000, in turns
//	slow        (BenchmarkSlowDisk) intake when each commit takes 5 ms more, as on a
//	            network disk, and how many webhooks shared one
//
// TestSoak is no benchmark: at half of what the product can, in both directions,
// nothing may grow. `go test` does it for three quarters of a minute, `make soak`
// for half an hour.
//
// peak-MiB is the most memory the process had in that scenario.
//
// KONTOR_LOAD_SECONDS (5) is how long intake and send last, and
// KONTOR_LOAD_CAP_SECONDS (60) the measured part of cap. Everything is bounded
// and ends by itself.
package load
