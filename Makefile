# One target for each artefact; the logic is in the programs. Nothing here looks at the age of files:
# a target that trains, trains when it is asked for.
#
#   make fig1 ARGS="--seeds 2 --steps 5000"    hands options to the program (try ARGS=--help)

.PHONY: help setup claims report reproduce fig1 fig1-sensitivity fig2 fig2-learning-rate table-single table-ensemble table-architecture figures test check bench bench-fig1 bench-bn-inception clean
.DEFAULT_GOAL := help

CARGO_RUN := cargo run --release --bin

help: ## These lines
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## Install libtorch into .libtorch/ (CUDA=1: the full CUDA build)
	@scripts/setup $(if $(CUDA),--cuda)

fig1: setup ## Figure 1: train the networks, draw figures/fig1.png (3 minutes on 2 cores)
	$(CARGO_RUN) fig1 -- $(ARGS)
	$(CARGO_RUN) render -p figures -- --last fig1

fig1-sensitivity: setup ## Figure 1 over learning rates and initial weights (8 minutes on 2 cores)
	$(CARGO_RUN) fig1-sensitivity -- $(ARGS)
	$(CARGO_RUN) render -p figures -- --last fig1-sensitivity

fig2: setup ## Figure 2: the paper's networks side by side on CIFAR-10, 3 seeds (2 hours on 2 cores)
	$(CARGO_RUN) fig2 -- $(ARGS)
	$(CARGO_RUN) render -p figures -- --last fig2

fig2-learning-rate: setup ## Inception alone at six learning rates (25 minutes on 2 cores)
	$(CARGO_RUN) fig2-learning-rate -- $(ARGS)

table-single: ## The paper's Figure 3, from Figure 2's rows; trains nothing
	$(CARGO_RUN) table-single -p figures -- $(ARGS)

table-ensemble: setup ## Figure 4: one crop and 144, one network and six, on CIFAR-10 (an hour on 2 cores)
	$(CARGO_RUN) table-ensemble -- $(ARGS)
	$(CARGO_RUN) render -p figures -- --last table-ensemble

table-architecture: setup ## Figure 5: the network's table and graph, beside the printed one (seconds)
	$(CARGO_RUN) table-architecture -- $(ARGS)
	$(CARGO_RUN) render -p figures -- --last fig5

CLAIMS := blow-up inference scale jacobians modules regularisation changes initial-weights noise noise-inception

claims: $(CLAIMS:%=claim-%) ## The text's claims, each by its own: make claim-blow-up, … (75 minutes on 2 cores)

$(CLAIMS:%=claim-%): claim-%: setup
	$(CARGO_RUN) claim-$* -- $(ARGS)
	$(CARGO_RUN) render -p figures -- --last claim-$*

report: figures ## One page of everything, report/index.html, from results/; needs no libtorch
	$(CARGO_RUN) report -p figures

reproduce: setup ## Everything, in order; says first how long; goes on where it was interrupted
	@scripts/reproduce $(ARGS)

figures: ## Draw all figures again from results/*/*.csv; needs no libtorch
	$(CARGO_RUN) render -p figures

test: setup ## Run all tests
	cargo test --release --workspace

check: setup ## Formatting, lints, documentation
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --release --workspace --no-deps

bench: bench-fig1 bench-bn-inception ## Both benchmarks

bench-fig1: setup ## Time Figure 1's work against PyTorch
	cargo build --release --bin fig1
	python3 bench/fig1.py $(ARGS)

bench-bn-inception: setup ## Time BN-Inception, training and inference, against PyTorch
	cargo build --release --bin throughput
	python3 bench/bn_inception.py $(ARGS)

clean: ## Remove build output; keep libtorch, data and results
	cargo clean
