// Package e2e holds the stories that a person sees: a real Chromium shows the
// inbox and the sandbox's phones of a real kontor, built from this tree, and
// does what people do. Each *.mjs file is one story; browser.mjs is what they
// share; e2e_test.go starts and stops the product around them.
//
//	go test ./test/e2e                      all stories
//	go test ./test/e2e -run Stories/main    those up to and with main
//
// They need Chromium (KONTOR_TEST_CHROMIUM, or one in the PATH) and what
// `npm ci` in web installs; without, they are skipped, unless KONTOR_TEST_ALL=1.
// KONTOR_TEST_SCREENSHOTS names a folder that gets pictures of the pages.
package e2e
