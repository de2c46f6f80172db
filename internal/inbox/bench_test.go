package inbox_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"kontor/internal/inbox"
	"kontor/internal/store/storetest"
	"kontor/internal/wa"
)

// BenchmarkTake is intake without HTTP: 64 callers, each of which waits for the
// commit of its webhook (one text) before it brings the next, from 10 000 people
// who wrote before. Figures are in bench/; one operation is one webhook. In "kept"
// the webhook is also written down as it came, as KONTOR_WEBHOOK_DAYS has it.
//
//	go test ./internal/inbox -run '^$' -bench Take -benchtime 5s
func BenchmarkTake(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) { take(b, engine, nil) })
		b.Run(engine+"/kept", func(b *testing.B) { take(b, engine, []byte(webhookText)) })
	}
}

// webhookText is one text as Meta delivers it.
const webhookText = `{"object":"whatsapp_business_account","entry":[{"id":"300000000000001","changes":[{"value":{"messaging_product":"whatsapp",` +
	`"metadata":{"display_phone_number":"494515550100","phone_number_id":"200000000000001"},"contacts":[{"profile":{"name":"Katrin Petersen"},` +
	`"wa_id":"4915112345678","user_id":"DE.13491208655302741918"}],"messages":[{"from":"4915112345678","from_user_id":"DE.13491208655302741918",` +
	`"id":"wamid.HBgNNDkxNTExMjM0NTY3OBUCABIYFjNFQjBDMUY4RTlBN0I2NUQ0QzNCMkEA","timestamp":"1795258800","type":"text",` +
	`"text":{"body":"Guten Morgen, ist meine Bestellung schon unterwegs?"}}]},"field":"messages"}]}]}`

// take measures one engine; a body is kept with each webhook.
func take(b *testing.B, engine string, body []byte) {
	h := open(b, storetest.Open(b, engine))
	const people, callers = 10_000, 64
	who := make([]wa.Identity, people)
	first := &inbox.Delivery{}
	for n := range who {
		who[n] = wa.Identity{Phone: wa.Phone(fmt.Sprint(4915100000000 + n)), BSUID: wa.BSUID(fmt.Sprint("DE.", n)), ProfileName: "Katrin Petersen"}
		first.Received = append(first.Received, h.received(who[n], fmt.Sprint("wamid.first.", n)))
		if len(first.Received) == 500 || n == people-1 {
			if err := h.Take(context.Background(), first); err != nil {
				b.Fatal(err)
			}
			first = &inbox.Delivery{}
		}
	}
	var next atomic.Int64
	b.SetParallelism(callers / max(1, runtime.GOMAXPROCS(0)))
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := next.Add(1)
			d := &inbox.Delivery{Received: []inbox.Received{h.received(who[n*7919%people], fmt.Sprint("wamid.", n))}}
			if body != nil {
				d.Raw = &inbox.Raw{SignerID: h.number.ID, Body: fmt.Appendf(nil, "%s%x", body, n*7919), ReceivedAt: h.now}
			}
			if err := h.Take(context.Background(), d); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "webhooks/s")
}
