# One target for each exhibit (a figure, table or claim), found by its description in experiments/src/bin; the logic
# is in the programs. Nothing here looks at the age of files: a target that trains, trains when it is asked for.
#
#   make fig1 ARGS="--seeds 2 --steps 5000"    hands options to the program (try ARGS=--help)

BIN := experiments/src/bin
EXHIBITS := $(basename $(notdir $(wildcard $(BIN)/*.toml)))
PROGRAMS := $(filter $(basename $(notdir $(wildcard $(BIN)/*.rs))),$(EXHIBITS))
VIEWS := $(filter-out $(PROGRAMS),$(EXHIBITS))

.PHONY: help setup $(EXHIBITS) fig3 fig4 fig5 claims reproduce accept hand-over unfinished figures report watch export demo test fuzz check bench bench-fig1 bench-bn-inception clean
.DEFAULT_GOAL := help

CARGO_RUN := cargo run --release --bin
CASES := 1000000
# In memory where that is a folder: a file written anew for each case waits for the disk, 3 ms in place of 0.1.
FUZZ = PROPTEST_CASES=$(CASES) TMPDIR=$(firstword $(wildcard /dev/shm) /tmp)

help: ## These lines
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 24
	@echo; echo "exhibits, and their minutes on two cores:"
	@scripts/exhibits | awk -F '\t' '{ printf "%-24s%5s  %s\n", $$1, $$2, $$3 }'

setup: ## Install libtorch into .libtorch/ (CUDA=1: the full CUDA build)
	@scripts/setup $(if $(CUDA),--cuda)

$(PROGRAMS): setup
	$(CARGO_RUN) $@ -- $(ARGS)
	$(CARGO_RUN) render -- --last $@

$(VIEWS):
	$(CARGO_RUN) render -- --last $@ $(ARGS)

fig3: table-single ## The paper's Figure 3, from Figure 2's rows; trains nothing
fig4: table-ensemble ## The same as table-ensemble
fig5: table-architecture ## The same as table-architecture

claims: $(filter claim-%,$(PROGRAMS)) ## All claims of the text, each by its own: make claim-NAME

reproduce: setup ## Every exhibit, in order; says first how long; goes on where it was interrupted
	@scripts/reproduce $(ARGS)

accept: ## Make a finished run the committed one: NAME=fig1 [SCALE=medium]
	$(CARGO_RUN) accept -- $(NAME) $(if $(SCALE),--scale $(SCALE))
	$(CARGO_RUN) render
	$(CARGO_RUN) report

hand-over: ## Finished jobs of an unfinished run into results/unfinished/, for another machine: NAME=fig2 [ARGS=--networks]
	$(CARGO_RUN) hand-over -- $(NAME) $(ARGS)

unfinished: ## The runs that were interrupted and not gone on with, and their sizes; remove what you do not want
	@du -sh $(or $(BN_RUNS),results/local)/*/*/.unfinished/* 2>/dev/null || echo none

figures: ## Draw the accepted runs again, and write README's and docs/CLAIMS.md's tables
	$(CARGO_RUN) render

report: ## One page of everything, report/index.html, from the accepted runs
	$(CARGO_RUN) report

watch: ## A page of the unfinished runs that reloads itself, results/local/unfinished.html, until Ctrl-C
	$(CARGO_RUN) report -- --unfinished --every 15 $(ARGS)

demo: setup ## A first look in a minute: six pictures, Figure 1's networks live, the report
	@$(CARGO_RUN) demo -- $(ARGS)

export: setup ## Kept networks as files for others, in networks/: ARGS="DIR [--layout cadene --to OUT]"
	$(CARGO_RUN) export -- $(ARGS)
	$(CARGO_RUN) render

test: setup ## Run all tests
	PYTHONPATH=scripts python3 -m unittest discover scripts/tests
	cargo test --release --workspace --lib --test '*' # no test harness for each program
	cargo test --release --workspace --doc

fuzz: setup ## Damaged files to each reader of foreign bytes, a million or CASES=N, within 1.5 GB (libtorch's without)
	cargo test --release -p data -p record -p bn_inception --test '*' --no-run
	ulimit -v 1500000; $(FUZZ) cargo test --release -p data -p record --test '*' fuzz
	$(FUZZ) cargo test --release -p bn_inception --test '*' fuzz

check: setup ## Formatting, lints, documentation; that nothing is compiled twice; licences
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --release --workspace --no-deps
	scripts/check-features
	scripts/check-licences

bench: bench-fig1 bench-bn-inception ## Both benchmarks

bench-fig1: setup ## Time Figure 1's work against PyTorch and JAX
	cargo build --release --bin fig1
	python3 bench/fig1.py $(ARGS)

bench-bn-inception: setup ## Time BN-Inception, training and inference, against PyTorch
	cargo build --release --bin throughput
	python3 bench/bn_inception.py $(ARGS)

clean: ## Remove build output; keep libtorch, data and results
	cargo clean
