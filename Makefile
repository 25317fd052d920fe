# Bangban 帮办. `make` alone lists the targets. Needs GNU make and Python 3.11 with venv and pip, nothing else.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
# Every command starts Python; without compiled modules that takes seconds more, each time.
unexport PYTHONDONTWRITEBYTECODE
.DELETE_ON_ERROR:
.PHONY: help run stop reset test check lint types imports collect sdl sdl-check format lock bench clean python

# Looked for only when a virtual environment has to be made. `make PYTHON=/path/to/python3.11 run` overrides it.
PYTHON = $(shell for p in python3.11 python3 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)

VAR := $(or $(BANGBAN_VAR),var)
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
EMBEDDED = PYTHONPATH=backend $(or $(PYTHON),python3) -m bangban.kernel.database.embedded_command

# A stamp's name carries a checksum of what it was made from, so only a change of content installs again. The
# place counts too: a virtual environment that was moved has scripts that point to where it was.
SUM = $(shell { pwd; cat /dev/null $(1); } 2>/dev/null | cksum | cut -d ' ' -f 1)
PLACE := .venv/.made-$(call SUM,)
RUNTIME := .venv/.runtime-$(call SUM,requirements.lock pyproject.toml)
DEVELOP := .venv/.develop-$(call SUM,requirements-dev.lock requirements.lock pyproject.toml)
MEASURE := .venv/.measure-$(call SUM,requirements-bench.lock requirements-dev.lock requirements.lock pyproject.toml)
POSTGRAPHILE := benchmarks/peers/postgraphile
PEERS := $(POSTGRAPHILE)/node_modules/.made-$(call SUM,$(POSTGRAPHILE)/package-lock.json)

help: ## List the targets 列出全部目标
	@printf '%s\n\n' 'Bangban 帮办 — make <target>'
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)$$/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  %-10s %s\n' "$$name" "$$text"; done

run: $(RUNTIME) ## Set up and start everything with sample districts on port 8000 安装并启动(含样例地区)
	@exec $(BIN)/bangban run

stop: ## Stop what `make run` started, also after a crash 停止运行中的服务与数据库
	@$(EMBEDDED) stop "$(VAR)/postgres"

reset: ## Stop, and delete all local data in var/ 停止并删除本地数据
	@$(EMBEDDED) remove "$(VAR)/postgres"
	@rm -rf "$(VAR)"

# Three at a time on two cores: a quarter of the time goes into waiting for servers and commands that tests start.
# Whole stretches of the list go to one worker, so what a module sets up is set up once.
test: $(DEVELOP) ## Run every test; ARGS="-k notice" narrows it 运行全部测试
	@$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

# What reads the source alone, two at a time, before the tests, which take both cores themselves.
check: $(DEVELOP) ## All that CI checks: lint, types, imports, SDL, tests 全部检查
	@$(MAKE) --no-print-directory --output-sync=target -j 2 types lint imports sdl-check collect
	@$(MAKE) --no-print-directory test

lint: $(DEVELOP) ## Lint and check the format 代码规范检查
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(DEVELOP) ## Format, and fix what can be fixed safely 自动整理格式
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(DEVELOP) ## Check types (mypy strict) 类型检查
	@$(BIN)/mypy

imports: $(DEVELOP) ## Check that imports point one way 依赖方向检查
	@$(BIN)/lint-imports

# Also compiles them, once and not in each worker, while the types keep the other core busy.
collect: $(DEVELOP) ## See that every test can be collected 收集全部测试
	@found="$$($(BIN)/pytest --collect-only -qq -n 0 2>&1)" || { printf '%s\n' "$$found"; exit 1; }

sdl: $(DEVELOP) ## Write the SDL and the packaged operations anew 重写契约快照与包内操作
	@$(BIN)/bangban schema write
	@$(BIN)/bangban documents package

sdl-check: $(DEVELOP) ## See that the committed SDL is the API's 核对契约快照
	@$(BIN)/bangban schema check

bench: $(MEASURE) $(PEERS) ## Measure against peers, write benchmarks/RESULTS.md; ARGS="--quick" 与同类对比测速
	@$(BIN)/python -m benchmarks.data --var "$(VAR)/bench" $(DATA)
	@$(BIN)/python -m benchmarks --var "$(VAR)/bench" $(ARGS)
	@for each in bundles hall orders places; do $(BIN)/python -m benchmarks.$$each || exit; done

lock: $(DEVELOP) ## Resolve the dependencies of pyproject.toml anew 重新锁定依赖
	@printf '%s\n' 'setuptools>=77' | $(BIN)/uv $(RESOLVE) --output-file requirements.lock pyproject.toml -
	@printf '%s\n' 'setuptools>=77' 'uv' | $(BIN)/uv $(RESOLVE) --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml -
	@printf '%s\n' 'setuptools>=77' | $(BIN)/uv $(RESOLVE) --extra bench --constraint requirements-dev.lock \
		--output-file requirements-bench.lock pyproject.toml -

# For Python 3.11 on every platform: all files of a version are listed by hash, and no address of an index is.
# setuptools builds the project itself, in the same environment and without fetching anything more.
RESOLVE := --system-certs pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

clean: ## Delete .venv and caches; data in var/ stays 删除虚拟环境与缓存(保留数据)
	@rm -rf .venv build dist backend/*.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { printf '%s\n' \
		'没有找到 Python 3.11。请安装它,或指明路径:make PYTHON=/路径/python3.11 run' \
		'Python 3.11 was not found. Install it, or say where it is: make PYTHON=/path/to/python3.11 run' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { printf '%s\n' \
		'这个 Python 缺少 venv 或 pip 模块。Debian/Ubuntu 请安装 python3.11-venv,然后重试。' \
		'This Python lacks the modules venv and ensurepip. On Debian or Ubuntu install python3.11-venv, then try again.' >&2; exit 1; }

$(PLACE): | python
	@printf '%s\n' '→ 创建虚拟环境 .venv  Making the virtual environment .venv'
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@touch $@

$(RUNTIME): $(PLACE)
	$(call install,requirements.lock)
	@rm -f .venv/.runtime-*
	@touch $@

$(DEVELOP): $(PLACE)
	$(call install,requirements-dev.lock)
	@rm -f .venv/.develop-* .venv/.runtime-*
	@touch $(RUNTIME) $@

$(MEASURE): $(DEVELOP)
	$(call install,requirements-bench.lock)
	@touch $@

$(PEERS): $(POSTGRAPHILE)/package-lock.json
	@command -v npm >/dev/null || { printf '%s\n' \
		'测速需要 npm 与 wrk。Debian/Ubuntu 请安装 npm 和 wrk。' \
		'Measuring needs npm and wrk. On Debian or Ubuntu install npm and wrk.' >&2; exit 1; }
	@printf '%s\n' '→ 安装用于对比的 PostGraphile  Installing PostGraphile to measure against'
	@cd $(POSTGRAPHILE) && npm ci --silent --no-audit --no-fund
	@touch $@

define install
@printf '%s\n' '→ 按 $(1) 安装依赖(首次约一分钟)  Installing what $(1) names (about a minute the first time)'
@$(PIP) install --require-hashes --no-deps --requirement $(1)
@printf '%s\n' '→ 安装帮办本身  Installing Bangban itself'
@$(PIP) install --no-deps --no-build-isolation --editable .
endef
