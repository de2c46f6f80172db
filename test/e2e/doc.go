// Package e2e holds the stories that a person sees: a real Chromium shows the
// inbox and the sandbox's phones of a real kontor, built from this tree, and
// does what people do. Each *.mjs file is one story; browser.mjs is what they
// share; e2e_test.go starts and stops the product around them.
//
//	go test ./test/e2e                      all stories
//	go test ./test/e2e -run Stories/main    those up to and with main
//	go test ./test/e2e -run Looks           every page, in both themes, wide and narrow, in every language
//	go test ./test/e2e -run Mistakes        what people do wrong, and what goes wrong around them
//
// They need Chromium (KONTOR_TEST_CHROMIUM, or one in the PATH) and what
// `npm ci` in web installs; without, they are skipped, unless KONTOR_TEST_ALL=1.
// KONTOR_TEST_SCREENSHOTS names a folder that gets pictures of the pages, and
// KONTOR_TEST_LANGUAGES one that gets those in the other languages.
//
//	go test -run '^$' -bench Inbox -benchtime 1x ./test/e2e
//
// measures a house of 10,000 conversations, one of which has 100,000 messages:
//
//	warm-, cold-interactive-ms   from the address to a list that answers to J, with the
//	                             browser's cache and without; -rows-ms until the list stands
//	list-, thread-               while the wheel turns: frames, those over 50 ms, those in which
//	                             a part of the pane was empty, elements that existed at once
//	thread-open-ms               from the click to the first message
//	day-jump-, to-newest-ms      from the newest of 100,000 to the first of the day, and back
//	thread-heap-MiB              what the page holds more after scrolling for 20 s
package e2e
