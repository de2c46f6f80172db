package e2e

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
)

// TestMistakes plays the story of what people do wrong and of what goes wrong
// around them. The story says when the product is to stop and to start. Until
// its restart the product sends a customer two messages a day, no more.
func TestMistakes(t *testing.T) {
	p, dir := newProduct(t)
	picture := filepath.Join(dir, "bicycle.png")
	writePicture(t, picture)
	p.environment = []string{"KONTOR_CUSTOMER_DAILY_LIMIT=2"}
	p.start()
	asked, done := make(chan string), make(chan struct{})
	gate := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		<-done
	}))
	defer gate.Close()
	told := make(chan struct{})
	go func() {
		defer close(told)
		p.tell(t, "mistakes", "E2E_SIGNIN="+p.link, "E2E_OTHER=", "E2E_PICTURE="+picture, "E2E_PRODUCT="+gate.URL)
	}()
	for {
		select {
		case path := <-asked:
			switch path {
			case "/stop":
				p.stop()
			case "/start":
				p.environment = nil
				p.start()
			default:
				t.Errorf("the story asked for %s, which nobody knows", path)
			}
			done <- struct{}{}
		case <-told:
			p.stop()
			return
		}
	}
}
