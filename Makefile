# The few words. Each sets up what it needs.
.PHONY: help demo build studio test bench check format sanitize fuzz docs package
ASSAY := build/release/bin/assay
PLAN := examples/mortgage

help:      ## this list
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST)
demo: build  ## run the mortgage example: data, model, report, verdict, hallmark; then show it in the studio
	@$(ASSAY) run $(PLAN)/assay.yaml
	@echo; $(ASSAY) hallmark verify $(PLAN)/out/mortgage/mortgage.hallmark.jsonl --model $(PLAN)/out/mortgage/mortgage.amodel
	@echo; echo "try next"
	@echo "  make demo                                        again: every step comes from the cache"
	@echo "  cd $(PLAN) && ../../$(ASSAY) lineage show model:mortgage"
	@echo "  $(ASSAY) init YOUR.csv --label COLUMN --favorable VALUE --protected COLUMN"
	@echo "  $(ASSAY) server stop --workspace $(PLAN)    when you have seen enough of the studio:"
	@echo; $(ASSAY) studio --detach --workspace $(PLAN)
studio: build/.ready  ## the studio's pages, which the program carries inside
	@tools/stage studio tools/studio build
build: studio  ## release build: build/release/bin/assay and assay-verify
	@tools/stage build cmake --build --preset release
test: build build/.tools  ## all tests
	@tools/stage pages tools/studio test
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
docs: build  ## the book, build/docs/index.html: reference and pictures from the program, every command of it run
	@tools/stage docs tools/docs run
	@tools/stage book tools/docs build
package: build  ## the Debian package, build/package/assay_*.deb
	@tools/stage package cpack --config build/release/CPackConfig.cmake -B build/package

build/.ready: tools/bootstrap tools/packages.txt tools/wheels.lock CMakePresets.json
	@tools/stage setup tools/bootstrap
	@tools/stage configure cmake --preset release --log-level=WARNING
	@touch $@
build/.tools: tools/tools.lock
	@tools/stage tools tools/bootstrap tools
	@touch $@
