# All that `make fig1` and `make test` need on a CPU; README says how to use it. The crates, libtorch and the browser have their
# versions and sums in the repository, and Debian's packages are those of its release 13.
FROM rust:1.95.0-slim-trixie

RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates g++ git make nodejs npm python3 python3-pip \
    && rm -rf /var/lib/apt/lists/*

# WORKDIR would make the folder for root, and `make setup` writes into it.
RUN useradd --create-home reader && install --directory --owner reader --group reader /home/reader/batch-normalization
USER reader
WORKDIR /home/reader/batch-normalization
COPY --chown=reader . .
RUN make setup && cargo build --release --workspace

CMD ["make", "help"]
