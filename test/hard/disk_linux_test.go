package hard

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kontor/test/load/kontor"
	"kontor/test/load/whatsapp"
)

// The disk of the database fills up under load: what does not fit is refused
// with a reason, and nothing acknowledged is missing. On SQLite it is the disk of
// files, too: those that find no room are refused, or fetched again later. With
// room again, all goes on by itself.
func TestTheDiskFillsUp(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	binary := kontor.Build(t)
	t.Run("sqlite", func(t *testing.T) {
		disk := smallDisk(t)
		fillUp(t, disk, true, func(graph string) *kontor.Installation {
			return kontor.NewIn(t, filepath.Join(disk, "data"), binary, "sqlite", graph, 1)
		})
	})
	t.Run("postgres", func(t *testing.T) {
		disk := smallDisk(t)
		tablespace := tablespace(t, disk)
		fillUp(t, disk, false, func(graph string) *kontor.Installation {
			database := "KONTOR_DATABASE_URL=" + kontor.Schema(t) + "&default_tablespace=" + tablespace
			return kontor.NewIn(t, filepath.Join(t.TempDir(), "data"), binary, "", graph, 1, database)
		})
	})
}

// tablespace has PostgreSQL keep tables on a disk; its write-ahead log stays
// elsewhere, since a server without room for that one stops.
func tablespace(t *testing.T, disk string) (name string) {
	t.Helper()
	server := os.Getenv("KONTOR_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("KONTOR_TEST_ALL") == "1" {
			t.Fatal("KONTOR_TEST_POSTGRES names no server, and KONTOR_TEST_ALL=1 demands one")
		}
		t.Skip("KONTOR_TEST_POSTGRES names no server")
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var data string
	if err := db.QueryRow("SHOW data_directory").Scan(&data); err != nil {
		t.Skip("this PostgreSQL does not tell where its files are: ", err)
	}
	info, err := os.Stat(data)
	if err != nil {
		t.Skip("PostgreSQL is on another machine: ", err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	if err := os.Chown(disk, int(owner.Uid), int(owner.Gid)); err != nil {
		t.Fatal(err)
	}
	name = fmt.Sprintf("hard_%x", time.Now().UnixNano())
	if _, err := db.Exec("CREATE TABLESPACE " + name + " LOCATION '" + disk + "'"); err != nil {
		t.Skip("this PostgreSQL takes no further disk: ", err)
	}
	t.Cleanup(func() { // behind the schema's end, before the disk's
		if _, err := db.Exec("DROP TABLESPACE " + name); err != nil {
			t.Error(err)
		}
	})
	return name
}

func fillUp(t *testing.T, disk string, files bool, install func(graph string) *kontor.Installation) {
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	meta := whatsapp.Start(whatsapp.Options{Throughput: "HIGH"})
	defer meta.Close()
	pictures := &shelf{size: 8 << 20}
	d := &diskTest{T: t, ctx: ctx, files: files, client: http.Client{Timeout: 20 * time.Second}}
	defer d.client.CloseIdleConnections()
	d.kontor = install(pictures.front(t, meta.URL))
	p, err := d.kontor.Start(t)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.kontor.Ready(ctx, "HIGH"); err != nil {
		t.Fatal(err)
	}

	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, room(t, disk)-5<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if files {
		d.picture(pictures)
	}
	d.fill()
	d.refuses()
	if err := p.Ended(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := d.kontor.Ready(ctx, "HIGH"); err != nil {
		t.Fatal("with room again: ", err)
	}
	d.again()
	d.found()
	if files {
		d.fetched()
	}
	if got := d.send("with room again"); got.status != 202 {
		t.Errorf("with room again, send/text answered %d %s, want 202", got.status, got.body)
	}
	if err := kontor.Until(ctx, func() (bool, error) { return meta.Count() > 0, nil }); err != nil {
		t.Error("it never left: ", err)
	}
	for _, s := range meta.Sent() {
		if s.Body != "with room again" {
			t.Errorf("WhatsApp got %q, which was refused", s.Body)
		}
	}
	d.log()
	if err := p.Stop(); err != nil {
		t.Error("stop: ", err)
	}
}

// diskTest is an installation on a small disk and the customers who write to it.
type diskTest struct {
	*testing.T
	ctx    context.Context
	kontor *kontor.Installation
	files  bool // KONTOR_DATA is on the small disk, too
	client http.Client

	mu      sync.Mutex
	stored  []note // answered 200
	refused []note
}

// note is one message of a customer.
type note struct {
	phone, wamid string
	body         []byte
}

const diskCustomers = 8

func (d *diskTest) note(customer, n int) note {
	phone := fmt.Sprintf("44796%07d", customer)
	o := note{phone: phone, wamid: whatsapp.Wamid("disk"+phone, int64(n))}
	text := strings.Repeat(fmt.Sprintf("%d of %d is not what I ordered. ", n, customer), 40)
	o.body = d.kontor.Numbers[0].Messages(whatsapp.Text{From: phone, Name: "Customer", Wamid: o.wamid, Body: text, At: time.Now()})
	return o
}

// fill has customers write until the disk is full and has refused many.
func (d *diskTest) fill() {
	d.Helper()
	const enough = 600 // refusals
	var all sync.WaitGroup
	for c := range diskCustomers {
		all.Go(func() {
			client := kontor.NewClient(d.kontor.Address)
			defer client.Close()
			for n := 0; d.ctx.Err() == nil && d.refusals() < enough; n++ {
				d.post(client, d.note(c, n))
			}
		})
	}
	all.Wait()
	if len(d.stored) < 100 || len(d.refused) < enough {
		d.Fatalf("%d webhooks were stored and %d refused, want 100 and %d: the disk is not full", len(d.stored), len(d.refused), enough)
	}
}

func (d *diskTest) refusals() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.refused)
}

func (d *diskTest) post(client *kontor.Client, n note) {
	status, err := client.PostWebhook(n.body)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case err == nil && status == 200:
		d.stored = append(d.stored, n)
		return
	case err != nil || status != 503 || client.Header.Get("Retry-After") == "":
		d.Errorf("a webhook was answered %d, %v; want 200, or 503 with Retry-After", status, err)
	}
	d.refused = append(d.refused, n)
}

// picture has a customer send a file that is larger than the room there is.
func (d *diskTest) picture(files *shelf) {
	d.Helper()
	client := kontor.NewClient(d.kontor.Address)
	defer client.Close()
	status, err := client.PostWebhook(d.kontor.Numbers[0].Image(whatsapp.Text{From: "447970000000", Name: "Ada", Wamid: whatsapp.Wamid("picture", 0), At: time.Now()}, "5550001"))
	if err != nil || status != 200 {
		d.Fatalf("the picture's webhook was answered %d, %v; want 200", status, err)
	}
	if err := kontor.Until(d.ctx, func() (bool, error) { return files.count("5550001") > 0, nil }); err != nil {
		d.Fatal("nobody fetches the picture: ", err)
	}
}

// answer is what the product answered to a call.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (d *diskTest) call(method, path, kind string, body []byte) (a answer) {
	d.Helper()
	req, err := http.NewRequestWithContext(d.ctx, method, "http://"+d.kontor.Address+path, bytes.NewReader(body))
	if err != nil {
		d.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+kontor.Key)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := d.client.Do(req)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	a.status, a.header = resp.StatusCode, resp.Header
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		d.Fatal(err)
	}
	return a
}

func (d *diskTest) send(text string) answer {
	d.Helper()
	body, err := json.Marshal(map[string]string{"to": "+447960000000", "text": text})
	if err != nil {
		d.Fatal(err)
	}
	return d.call("POST", "/api/v1/whatsapp/send/text", "application/json", body)
}

// refuses looks at what programs and operators see while the disk is full.
func (d *diskTest) refuses() {
	d.Helper()
	check := func(what string, a answer, status int, words ...string) {
		d.Helper()
		if a.status != status {
			d.Errorf("%s was answered %d %.300s, want %d", what, a.status, a.body, status)
		}
		for _, w := range words {
			if !strings.Contains(string(a.body), w) {
				d.Errorf("%s was answered %.300s, want something with %q", what, a.body, w)
			}
		}
	}
	sent := d.send("while the disk is full")
	check("send/text", sent, 503, `"store_failed"`, "nothing was stored")
	if sent.header.Get("Retry-After") == "" {
		d.Error("send/text was refused without Retry-After")
	}
	check("readyz", d.call("GET", "/readyz", "", nil), 503, `"database"`, "disk")
	check("healthz", d.call("GET", "/healthz", "", nil), 200)
	check("the list of conversations", d.call("GET", "/api/v1/whatsapp/conversations", "", nil), 200)
	check("the web app", d.call("GET", "/", "", nil), 200)
	if !d.files {
		return
	}

	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "list.txt")
	if err == nil {
		_, err = part.Write(bytes.Repeat([]byte("a line\n"), 600_000))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		d.Fatal(err)
	}
	upload := d.call("POST", "/api/v1/whatsapp/media", w.FormDataContentType(), form.Bytes())
	check("an upload", upload, 503, `"media_disk_full"`)
	if upload.header.Get("Retry-After") == "" {
		d.Error("an upload was refused without Retry-After")
	}
}

// again delivers what was refused once more, as WhatsApp does.
func (d *diskTest) again() {
	d.Helper()
	refused := d.refused
	d.refused = nil
	var all sync.WaitGroup
	for c := range diskCustomers {
		all.Go(func() {
			client := kontor.NewClient(d.kontor.Address)
			defer client.Close()
			for n := c; n < len(refused); n += diskCustomers {
				d.post(client, refused[n])
			}
		})
	}
	all.Wait()
	if len(d.refused) > 0 {
		d.Errorf("with room again, %d webhooks were refused", len(d.refused))
	}
}

// found asks the API for every message: each that was answered 200 is there, once.
func (d *diskTest) found() {
	d.Helper()
	there := map[string]int{}
	for c := range diskCustomers {
		cursor := ""
		for {
			var page struct {
				Data []struct {
					Wamid string `json:"wamid"`
				} `json:"data"`
				Next *string `json:"next_cursor"`
			}
			if err := d.kontor.Get(d.ctx, fmt.Sprintf("conversations/44796%07d/history?limit=100&cursor=%s", c, cursor), &page); err != nil {
				d.Fatal(err)
			}
			for _, m := range page.Data {
				there[m.Wamid]++
			}
			if page.Next == nil {
				break
			}
			cursor = *page.Next
		}
	}
	for _, n := range d.stored {
		if there[n.wamid] != 1 {
			d.Errorf("%s was answered 200 and is there %d times", n.wamid, there[n.wamid])
		}
	}
	d.Logf("%d messages were answered 200", len(d.stored))
}

// fetched waits until the picture is there.
func (d *diskTest) fetched() {
	d.Helper()
	var page struct {
		Data []struct {
			Content struct {
				Image struct {
					MediaID string `json:"media_id"`
				} `json:"image"`
			} `json:"content"`
		} `json:"data"`
	}
	if err := d.kontor.Get(d.ctx, "conversations/447970000000/history", &page); err != nil || len(page.Data) != 1 {
		d.Fatalf("the picture's conversation: %+v, %v", page, err)
	}
	id := page.Data[0].Content.Image.MediaID
	err := kontor.Until(d.ctx, func() (bool, error) {
		a := d.call("GET", "/api/v1/whatsapp/media/"+id, "", nil)
		if a.status != 200 {
			return false, fmt.Errorf("%d %.200s", a.status, a.body)
		}
		return len(a.body) == 8<<20, nil
	})
	if err != nil {
		d.Errorf("the picture %s is not fetched again: %v", id, err)
	}
}

// log sees that the disk was named, and not thousands of times.
func (d *diskTest) log() {
	d.Helper()
	text, err := d.kontor.Log()
	if err != nil {
		d.Fatal(err)
	}
	if named := strings.Count(text, "store_failed"); named == 0 || named > 100 {
		d.Errorf("the log names the failure %d times, want once in a while", named)
	}
	if lines := strings.Count(text, "\n"); lines > 400 {
		d.Errorf("the log has %d lines, want some", lines)
	}
	if d.files && !strings.Contains(text, "media_disk_full") {
		d.Error("the log does not say why the picture was not kept")
	}
}
