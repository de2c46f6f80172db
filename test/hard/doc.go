// Package hard puts the product into conditions that machines get into and that
// no load brings about, and asks whether its promises held (design.md 2):
// nothing is acknowledged that is not stored, nothing is lost, doubled or stuck,
// errors say what is wrong, and all goes on by itself once the cause is gone.
//
//	disk_linux_test.go   the disk fills up under load and is given room again
//	clock_test.go        the clock jumps two hours ahead, and two hours back
//	gone_test.go         the database is gone while people look at the web app
//	slow_test.go         commits take long, so webhooks must share them
//	twice_test.go        the same webhook, and first messages, on many connections at once
//
//	mount_linux_test.go  a small file system of the test's own; it needs the right to mount
//	shelf_test.go        WhatsApp's files
//
// How the product fares when it is killed stands in test/chaos, several nodes
// and what a node does whose database is gone in test/nodes; the soak, and how
// fast intake is on a slow disk, in test/load.
package hard
