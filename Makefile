# The few words. Each sets up what it needs.
.PHONY: help demo build test bench check format sanitize fuzz
ASSAY := build/release/bin/assay
PLAN := examples/mortgage

help:      ## this list
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST)
demo: build  ## run the mortgage example: data, model, report, verdict, hallmark
	@$(ASSAY) run $(PLAN)/assay.yaml
	@echo; $(ASSAY) hallmark verify $(PLAN)/out/mortgage/mortgage.hallmark.jsonl --model $(PLAN)/out/mortgage/mortgage.amodel
	@echo; echo "try next"
	@echo "  open $(PLAN)/out/mortgage/report.html"
	@echo "  make demo                                        again: every step comes from the cache"
	@echo "  cd $(PLAN) && ../../$(ASSAY) lineage show model:mortgage"
	@echo "  $(ASSAY) init YOUR.csv --label COLUMN --favorable VALUE --protected COLUMN"
build: build/.ready  ## release build: build/release/bin/assay and assay-verify
	@tools/stage build cmake --build --preset release
test: build build/.tools  ## all tests
	@tools/stage test ctest --preset release -j2
bench: build  ## the benchmarks beside their peers (downloads the peers once)
	@tools/bench
check: build  ## layers, sizes, formats, clashing symbols
	@tools/check
format:    ## format the sources
	@tools/check --fix format
sanitize: build/.ready  ## the tests under address, undefined-behaviour and thread sanitizers
	@tools/sanitize
fuzz: build/.ready  ## every fuzz target, 60 s each (SECONDS=10 for less)
	@tools/fuzz $(SECONDS)

build/.ready: tools/bootstrap tools/packages.txt tools/wheels.lock CMakePresets.json
	@tools/stage setup tools/bootstrap
	@tools/stage configure cmake --preset release --log-level=WARNING
	@touch $@
build/.tools: tools/tools.lock
	@tools/stage tools tools/bootstrap tools
	@touch $@
