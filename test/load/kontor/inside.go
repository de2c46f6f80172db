package kontor

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"testing/fstest"
	"time"

	"kontor/internal/app"
	"kontor/internal/config"
	"kontor/internal/wa"
	"kontor/test/load/whatsapp"
)

// Inside runs the product in this process, for what no process can be told: o
// may say what time it is, or hold up the database. Its settings, log and pages
// are filled in here. It has one number, and ends with the test.
func Inside(tb testing.TB, engine, graph string, o app.Options) (*Installation, *app.App) {
	tb.Helper()
	environment := []string{"KONTOR_DATA=" + tb.TempDir(), "KONTOR_LISTEN=127.0.0.1:0", "KONTOR_ADMIN_KEY=" + Key}
	if engine == "postgres" {
		environment = append(environment, "KONTOR_DATABASE_URL="+Schema(tb))
	}
	c, err := config.Load(config.Flags{}, environment)
	if err != nil {
		tb.Fatal(err)
	}
	o.Config, o.Version, o.Web = c, "test", fstest.MapFS{"index.html": {Data: []byte("<html>")}}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	a, err := app.New(ctx, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := a.Stop(); err != nil {
			tb.Error("stop:", err)
		}
	})
	own := whatsapp.Account{WABA: "100000000000001", PhoneID: "200000000000001", Display: "15550001000"}
	_, err = a.Connect(ctx, config.WhatsApp{
		PhoneNumberID: wa.PhoneNumberID(own.PhoneID), BusinessAccountID: wa.WABAID(own.WABA), APIBaseURL: graph, APIVersion: "v25.0",
		AccessToken: "a-token", AppSecret: Secret, VerifyToken: "verify",
	})
	if err == nil {
		err = a.Start(ctx)
	}
	if err != nil {
		tb.Fatal(err)
	}
	i := &Installation{Address: a.Addr().String(), Numbers: []whatsapp.Account{own}, client: &http.Client{Timeout: 10 * time.Second}}
	tb.Cleanup(i.client.CloseIdleConnections)
	return i, a
}
