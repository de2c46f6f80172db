package sandboxclient_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"kontor/sandboxclient"
)

// A customer writes, the program under test answers, the customer reads.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	box, shop, err := start(ctx) // a sandbox, and a small program that answers every message
	if err != nil {
		log.Fatal(err)
	}
	defer shop.server.Close()
	defer box.Stop()

	ana := box.Customer("+55 11 95550-0177")
	id, err := ana.Writes(ctx, "Is my bicycle ready?")
	if err != nil {
		log.Fatal(err)
	}
	answer, err := ana.Next(ctx, id, 10*time.Second)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Text())
	// Output: You said: Is my bicycle ready?
}

// The window of 24 hours closes without waiting for a day.
func ExampleClient_Advance() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	box, shop, err := start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer shop.server.Close()
	defer box.Stop()

	ana := box.Customer("5511955500177")
	if _, err := ana.Writes(ctx, "hello"); err != nil {
		log.Fatal(err)
	}
	if err := box.Idle(ctx, 10*time.Second); err != nil {
		log.Fatal(err)
	}
	if _, err := box.Advance(ctx, 25*time.Hour); err != nil {
		log.Fatal(err)
	}
	if err := shop.send("5511955500177", "Are you still there?"); err != nil {
		log.Fatal(err)
	}
	if err := box.Idle(ctx, 10*time.Second); err != nil {
		log.Fatal(err)
	}
	all, err := ana.Everything(ctx)
	if err != nil {
		log.Fatal(err)
	}
	last := all[len(all)-1]
	fmt.Println(last.Status, last.Errors[0].Code, last.Errors[0].Title)
	// Output: failed 131047 Re-engagement message
}

// Every third send is refused for speed, under a seed always the same ones.
func ExampleClient_AddFault() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	box, shop, err := start(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer shop.server.Close()
	defer box.Stop()

	_, err = box.AddFault(ctx, sandboxclient.Fault{
		Kind: sandboxclient.Refuse, Code: 130429, Ratio: 0.3, Match: sandboxclient.Match{Edge: "messages"},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := box.Customer("5511955500177").Reads(ctx); err != nil { // the phone exists
		log.Fatal(err)
	}
	refused := 0
	for range 20 {
		if shop.send("5511955500177", "a") != nil {
			refused++
		}
	}
	faults, err := box.Faults(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(refused == faults[0].Struck, refused > 0, refused < 20)
	// Output: true true true
}
