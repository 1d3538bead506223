# The commands of Sage Mode; `make` alone lists them.
# Settings come from the environment: SAGE_PORT, SAGE_DATA_DIR, DATABASE_URL, REDIS_URL.

.DEFAULT_GOAL := help
.PHONY: help run stop seed migrate revision test lint chaos access-fuzz bench bench-engine bench-pages bench-load bench-planner

VENV := @embedded/venv.sh

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: ## install what is missing, then start everything and print the address
	$(VENV) requirements.txt
	@exec ./sage up

stop: ## stop what `make run` started
	@test ! -x .venv/bin/python || exec ./sage stop

seed: ## put the demo team into the database
	$(VENV) requirements.txt
	@exec ./sage seed

migrate: ## bring the database to the newest schema
	$(VENV) requirements.txt
	@exec ./sage migrate

revision: export SAGE_REVISION_MESSAGE = $(m)
revision: ## write a new migration from the models: make revision m="what changes"
	@test -n "$$SAGE_REVISION_MESSAGE" || { echo 'Say what changes: make revision m="..."'; exit 2; }
	$(VENV) requirements.txt
	@exec ./sage revision -- "$$SAGE_REVISION_MESSAGE"

# What asks the database most runs once more on the machine's own PostgreSQL 15, where it is there:
# migrations, each query, the engine, what the planner's plans create.
POSTGRES_15 := /usr/lib/postgresql/15/bin
ON_POSTGRES_15 := tests/migrations tests/store tests/planning/test_database.py \
    $(addprefix tests/services/test_,launching.py attempts.py results.py dispatching.py \
    control.py audit_chain.py retention_at_once.py lost_answers_of_teams.py) \
    --ignore=tests/store/test_scope.py
# A file's tests stay together: what a file starts is started once.
WORKERS := -n 2 --dist loadfile

test: ## run all tests; pass options as ARGS="-k launch"
	$(VENV) requirements-dev.txt
	@tests/journeys/chromium.sh
	.venv/bin/python -m pytest $(WORKERS) $(ARGS)
	@test -n "$(ARGS)" || test ! -x $(POSTGRES_15)/initdb || { \
	    echo "Once more on the PostgreSQL 15 of this machine:"; \
	    SAGE_TEST_POSTGRES_BIN=$(POSTGRES_15) .venv/bin/python -m pytest $(WORKERS) $(ON_POSTGRES_15); }

lint: ## check style, format, types and import contracts
	$(VENV) requirements-dev.txt
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

chaos: ## kill every part in turn under load; MUTANT=fence|cas|reap must go red
	$(VENV) requirements-dev.txt
	@exec env MUTANT="$(MUTANT)" .venv/bin/python -m tests.chaos

access-fuzz: ## let random people act in random teams for long; counts the acts
	$(VENV) requirements-dev.txt
	@exec env HYPOTHESIS_PROFILE=deep .venv/bin/python -m pytest -n 0 -q -s --timeout 0 \
	    tests/services/test_team_machine.py

bench: bench-engine bench-pages bench-load bench-planner ## run all benchmarks

bench-engine: ## measure the engine beside Celery and the floor, and profile it
	$(VENV) requirements-bench.txt
	@.venv/bin/python -m bench.engine
	@echo "Where our time goes, in a run of its own (a profile slows what it looks at):"
	@exec .venv/bin/python -m bench.engine --profile

bench-pages: ## measure live view, replay and lists in the browser
	$(VENV) requirements-dev.txt
	@tests/journeys/chromium.sh
	.venv/bin/python -m bench.live
	.venv/bin/python -m bench.reruns
	.venv/bin/python -m bench.replay
	.venv/bin/python -m bench.history

bench-load: ## hold 200 sockets and 50 requests a second beside pipelines: SECONDS=60
	$(VENV) requirements.txt
	@exec .venv/bin/python -m bench.load --seconds $(or $(SECONDS),60)

bench-planner: ## plan every brief and count what became of its constraints: ARGS=--lost
	$(VENV) requirements-dev.txt
	@exec .venv/bin/python -m bench.planner $(ARGS)
