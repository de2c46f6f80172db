// Package hard puts the product into conditions that machines get into and that
// no load brings about, and asks whether its promises held (design.md 2):
// nothing is acknowledged that is not stored, nothing is lost, doubled or stuck,
// errors say what is wrong, and all goes on by itself once the cause is gone.
//
//	disk_linux_test.go   the disk fills up under load and is given room again
//	clock_test.go        the clock jumps two hours ahead, and two hours back
//	twice_test.go        the same webhook, and first messages, on many connections at once
//
//	mount_linux_test.go  a small file system of the test's own; it needs root
//	shelf_test.go        WhatsApp's files
//	house_test.go        the product in this process, for what no process can be told
//
// How the product fares when it is killed stands in test/chaos, several nodes
// in test/nodes, and a slow disk and the soak, which are measured, in test/load.
package hard
