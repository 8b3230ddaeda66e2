# labkit's commands. Each is a line or two: the work is done by labkit and pytest. GNU make 3.81 or newer, POSIX sh.
# Windows has no make: environment.yml says the two lines to install by.

FITS = import sys; sys.exit(sys.version_info[:2] != (3, 11))
PYTHON ?= $(shell for python in python3.11 python3 python; do \
	"$$python" -c '$(FITS)' >/dev/null 2>&1 && { echo "$$python"; exit; }; done; echo python3)
JOBS ?= 2
UV ?= uv
GOAL = $(firstword $(MAKECMDGOALS))
PYTEST = .venv/bin/python -m pytest -n $(JOBS) --dist loadscope
# What a person's own pip settings must not change: into .venv, with bytecode, every download checked against the lock.
PIP_INSTALL = PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install --quiet --compile
READY = .venv/.labkit-ready

unexport PYTHONPATH PYTHONHOME
.PHONY: help report test lab check bench lock clean FORCE

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

report: $(READY) ## the first report: reports/first/ from params/first.yml
	@.venv/bin/labkit run params/first.yml

test: $(READY) ## every test, and every notebook executed again
	@$(PYTEST)

lab: $(READY) ## JupyterLab on notebooks/, on this machine only, with a token
	@JUPYTER_PREFER_ENV_PATH=1 .venv/bin/python -m jupyterlab --ServerApp.root_dir=notebooks --ServerApp.ip=127.0.0.1 \
		--LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate $(LAB_FLAGS)

check: $(READY) ## make test, and what is long or needs a browser or a server
	@$(PYTEST) -m '' --hypothesis-profile=check

bench: $(READY) ## time, size and the same work done by others, in one table
	@.venv/bin/python tests/bench/bench_first_report.py
	@.venv/bin/python tests/bench/bench_doors.py
	@for bench in tests/bench/bench_models_*.py; do .venv/bin/python $$bench || exit; done

lock: ## requirements.lock again from pyproject.toml (needs uv)
	@$(UV) pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --quiet -o requirements.lock

clean: ## take away .venv and the caches; reports stay
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find labkit tests -name __pycache__ -prune -exec rm -rf {} +

# Set-up: two stamps, each made last, so that what stopped half-way is done again and what is done is not. An editable
# install cannot carry hashes; hence the lock first, then labkit itself with the build backend that the lock brought.
FOUND = $(shell "$(PYTHON)" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null)
HAS_VENV = $(shell "$(PYTHON)" -c 'import ensurepip, venv; print(1)' 2>/dev/null)
NO_PYTHON = labkit needs Python 3.11, and "$(PYTHON)" is $(if $(FOUND),Python $(FOUND),no Python at all): install 3.11 and \
	say `make PYTHON=/path/to/python3.11 $(GOAL)`
NO_VENV = "$(PYTHON)" comes without the venv module: install it (on Debian and Ubuntu: python3.11-venv) and say `make $(GOAL)` again
LOST = $(shell [ -x .venv/bin/python ] || echo FORCE)
MOVED = $(shell [ "$$(cat $(READY) 2>/dev/null)" = "$$(pwd)" ] || echo FORCE)

.venv/.lock-installed: requirements.lock $(LOST)
	$(if $(filter 3.11.%,$(FOUND)),,$(error $(NO_PYTHON)))
	$(if $(HAS_VENV),,$(error $(NO_VENV)))
	@echo "labkit: setting up .venv with Python $(FOUND), once: one or two minutes, 1 GB"
	@"$(PYTHON)" -m venv --clear .venv
	@$(PIP_INSTALL) --require-hashes -r requirements.lock || \
		{ echo "labkit: the set-up stopped, the reason is above; when it is mended, say \`make $(GOAL)\` again" >&2; exit 1; }
	@touch $@

$(READY): .venv/.lock-installed pyproject.toml $(MOVED)
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@pwd > $@
