# `make demo` runs the whole pipeline offline; `make check` is the gate. Both install what they need.
PYTHON ?= python3
FUZZ_SECONDS ?= 300
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9
PIP_AUDIT_VERSION := 2.9.0

PYTHON313 = PATH="$$(UV=$(CURDIR)/$(UV) $(CURDIR)/infra/sam/find-python.sh):$$PATH"
BUILD := .aws-sam/build
SAM := SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-west-1 .venv-sam/bin/sam

.PHONY: demo check test lint format types sam sam-clip sam-arm64 security cold-start setup bench lock fuzz
.PHONY: fuzz-guided chaos audit audit-offline
.PHONY: evening train-env prove-clip wheel clean docs

demo: setup
	$(BIN)/bowerbird demo --out demo-out

setup: $(VENV)/.installed

$(VENV)/.installed: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

# The tests come last, so that the gate's output ends with their summary. Before them the types, which take one
# processor, are looked at beside the builds, which take one and the network.
check:
	$(MAKE) -j2 lint types sam-clip
	$(MAKE) test

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

test: setup .venv-aws/.installed
	$(BIN)/pytest -n auto --dist loadgroup

# The cloud without an account: lint the template, build it, import what was built and weigh it.
sam: .venv-sam/.installed .venv-lambda/.installed
	$(SAM) validate --lint
	$(SAM) validate --lint --template infra/image/template.yaml
	$(PYTHON313) $(SAM) build --build-dir $(BUILD) $(if $(PARAMETERS),--parameter-overrides $(PARAMETERS))
	$(BIN)/python -m infra.sam.trim $(BUILD)/RuntimeLayer/python
	$(BIN)/python -m infra.sam.check_build $(BUILD)/template.yaml .venv-lambda/bin/python

# The same with a bundle of CLIP's size, and for Graviton; neither is deployed from here. Only the layer with the
# bundle differs, so only that is built again.
CLIP := .aws-sam/clip-int8-shaped
sam-clip: sam
	$(BIN)/python -m benchmarks.clip_bundle $(CURDIR)/out/clip-int8-shaped
	BUNDLE=$(CURDIR)/out/clip-int8-shaped $(PYTHON313) $(SAM) build ModelsLayer --build-dir $(CLIP)-layer
	rm -rf $(CLIP)
	cp -a $(BUILD) $(CLIP)
	rm -r $(CLIP)/ModelsLayer
	mv $(CLIP)-layer/ModelsLayer $(CLIP)/
	$(BIN)/python -m infra.sam.check_build $(CLIP)/template.yaml .venv-lambda/bin/python

sam-arm64:
	$(MAKE) sam PARAMETERS=Architecture=arm64 BUILD=.aws-sam/arm64

# A second opinion on the template; what it asks for and does not get is in infra/checkov.yaml, with reasons.
security: .venv-checkov/.installed
	.venv-checkov/bin/checkov --config-file infra/checkov.yaml

# INIT, first and warm verdicts and memory of what was built; wants a quiet machine.
cold-start: sam sam-clip
	$(BIN)/python -m infra.sam.cold_start .aws-sam/build/template.yaml
	$(BIN)/python -m infra.sam.cold_start .aws-sam/clip-int8-shaped/template.yaml

# Tools with needs of their own: the SAM command, local AWS servers, and what the Lambda runtime brings itself.
.venv-sam/.installed .venv-fuzz/.installed .venv-checkov/.installed: .venv-%/.installed: requirements/%.txt | setup
	$(PYTHON) -m venv .venv-$*
	$(UV) pip sync --quiet --python .venv-$*/bin/python --require-hashes $<
	touch $@

.venv-aws/.installed .venv-lambda/.installed: .venv-%/.installed: requirements/%.txt | setup
	$(PYTHON313) python3.13 -m venv .venv-$*
	$(UV) pip sync --quiet --python .venv-$*/bin/python --require-hashes $<
	touch $@

# What strangers may send, damaged by the thousand: 12,000 inputs a target, then minutes led by coverage.
# From an empty home to the gallery, and an upgrade, with every screen. It takes a minute.
evening: setup
	rm -rf evening-out
	$(BIN)/python -m tests.e2e.home.evening evening-out

fuzz: setup
	$(BIN)/python -m tests.fuzz.run --count 12000

fuzz-guided: .venv-fuzz/.installed
	mkdir -p fuzz-out
	for target in $$(PYTHONPATH=src:. .venv-fuzz/bin/python -c 'from tests.fuzz.targets import TARGETS; print(*TARGETS)'); do \
		PYTHONPATH=src:. .venv-fuzz/bin/python -m tests.fuzz.guided $$target \
			-max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1 -artifact_prefix=fuzz-out/ || exit 1; \
	done

# Twenty worlds for each kind of trouble, 200 kills of the host and 200 of the built filter among it; then a
# burst of 100,000 messages.
chaos: sam .venv-aws/.installed
	$(BIN)/pytest tests/chaos -q --chaos-seeds 20
	$(BIN)/python -m tests.chaos.burst

# What can be known without a network: locks, versions that agree, the bundle.
audit-offline: setup
	$(BIN)/pytest -q tests/unit/test_supply.py
	$(UV) pip check --python $(BIN)/python
	$(BIN)/bowerbird models verify lite

# And what PyPI knows against what is locked. It fails where that cannot be looked up, and says so.
audit: audit-offline
	$(BIN)/python -m infra.audit $(UV) tool run --quiet pip-audit==$(PIP_AUDIT_VERSION) -- requirements/dev.txt \
		layers/*/requirements.txt layers/models/runtime/requirements.txt functions/*/requirements.txt infra/home/requirements.txt

# What a candidate costs, beside the original's work and what a user would pick instead.
bench: setup .venv-peers/.installed
	$(BIN)/python -m benchmarks

.venv-peers/.installed: benchmarks/requirements-peers.txt | setup
	$(PYTHON) -m venv .venv-peers
	$(UV) pip sync --quiet --python .venv-peers/bin/python --require-hashes $<
	touch $@

LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url
# What is deployed has the versions that are tested.
LOCK_TESTED := $(LOCK) --python-version 3.13 --constraints requirements/dev.txt

# The pages that are made from the code.
docs: setup
	$(BIN)/python -m infra.docs

lock: setup
	$(LOCK) --python-version 3.11 \
		--all-extras --group dev --output-file requirements/dev.txt pyproject.toml
	$(LOCK) --python-version 3.11 --output-file requirements/sam.txt requirements/sam.in
	$(LOCK) --python-version 3.11 --constraints requirements/dev.txt \
		--output-file requirements/fuzz.txt requirements/fuzz.in
	$(LOCK) --python-version 3.11 --output-file requirements/checkov.txt requirements/checkov.in
	$(LOCK) --python-version 3.11 --output-file benchmarks/requirements-peers.txt benchmarks/requirements-peers.in
	$(LOCK) --python-version 3.13 --output-file requirements/aws.txt requirements/aws.in
	$(LOCK) --python-version 3.13 --output-file requirements/lambda.txt requirements/lambda.in
	$(LOCK_TESTED) --output-file functions/crawl/requirements.txt requirements/crawl-function.in
	$(LOCK_TESTED) --output-file layers/core/requirements.txt requirements/core-layer.in
	$(LOCK_TESTED) --output-file layers/models/runtime/requirements.txt requirements/models-layer.in
	$(LOCK_TESTED) --output-file layers/web/requirements.txt requirements/web-layer.in
	$(LOCK_TESTED) --extra aws --extra nsfw --extra serve --output-file infra/home/requirements.txt pyproject.toml

# The wheel, installed into an empty environment, from which the demo must run.
wheel: setup
	rm -rf dist .venv-wheel
	$(UV) build --quiet --wheel --out-dir dist
	$(PYTHON) -m venv .venv-wheel
	$(UV) pip install --quiet --python .venv-wheel/bin/python dist/*.whl
	.venv-wheel/bin/bowerbird demo --out .venv-wheel/demo-out

train-env: .venv-train/.installed

# From the publishers' kinds of files to a CLIP bundle, on random weights; no network is needed.
prove-clip: setup train-env
	$(BIN)/python -m layers.models.workshop.prove_clip

# The CPU build of torch that the models are exported with exists for Python 3.11.
.venv-train/.installed: layers/models/workshop/requirements.txt
	python3.11 -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

clean:
	rm -rf dist $(VENV) .venv-wheel .venv-train .venv-sam .venv-aws .venv-lambda .venv-fuzz .venv-peers fuzz-out .aws-sam .mypy_cache .pytest_cache .ruff_cache demo-out evening-out
