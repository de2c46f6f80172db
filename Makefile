# make test    install what the tests need, start a PostgreSQL of their own, run everything, clear up (test/bootstrap.sh)
# make run     the product on 127.0.0.1:8080 and the sandbox on 127.0.0.1:8090, with demo data (same as: go run ./cmd/kontor dev)
# make web     install the web app's tools, check it and rebuild web/dist, which is committed
# make lint    format, vet, boundaries, web types and lint: what takes less than a minute
# make bench   the Go benchmarks, and the real binary under load (test/load tells the scenarios); output is for benchstat
# make soak    half an hour at half load on both databases: nothing may grow (SOAK=seconds says how long)
# make fuzz    every fuzz target for FUZZTIME (default 20s) each
#
# One package: go test ./internal/outbox. Its PostgreSQL half, too: bash test/bootstrap.sh go test ./internal/store/...
# What runs on every push is .ci/run.

GO ?= go
FUZZTIME ?= 20s
SOAK ?= 1800

.PHONY: test run web lint bench soak fuzz

test:
	@bash test/bootstrap.sh sh -c 'npm --prefix web run --silent check && $(GO) test -timeout 30m ./...'

run:
	$(GO) run ./cmd/kontor dev

web:
	cd web && npm ci && npm run check && npm run build

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "run gofmt -w on:" $$unformatted; exit 1; fi
	$(GO) vet ./...
	$(GO) test ./test/boundaries
	cd web && npm run types && npm run lint && npm run messages:check

bench:
	@bash test/bootstrap.sh sh -c "$(GO) test -run '^$$' -bench . -benchmem ./cmd/... ./internal/... && $(GO) test -run '^$$' -bench . -benchtime 1x ./test/load"

soak:
	@KONTOR_SOAK_SECONDS=$(SOAK) bash test/bootstrap.sh $(GO) test -run '^TestSoak$$' -count 1 -timeout 150m -v ./test/load

fuzz:
	@set -e; for dir in $$(grep -rl --include='*_test.go' '^func Fuzz' internal | xargs -n1 dirname | sort -u); do \
		for target in $$(grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' $$dir | cut -c6-); do \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) ./$$dir; \
		done; \
	done
