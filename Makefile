# Containers: README-Docker.md. Everything else: CONTRIBUTING.md.
COMPOSE := docker compose
DEV := $(COMPOSE) -f docker-compose.yml -f docker-compose.dev.yml
PROD := $(COMPOSE) -f docker-compose.yml -f docker-compose.prod.yml
DOMAIN ?= localhost
REPLICAS ?= 3

.DEFAULT_GOAL := help
.PHONY: help quick-start dev prod build up down logs health test ci-test scale stats generate-ssl

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 15

.env:
	cp .env.example .env

quick-start: .env ## one server with Redis and the demo app, on port 6001
	$(COMPOSE) up -d --wait
	@echo "WebSocket  ws://localhost:6001/app/demo-key"
	@echo "HTTP API   http://localhost:6001/apps/demo-app/events"
	@echo "Metrics    http://localhost:9601/metrics"

dev: .env ## build from source, with databases, NATS, emulators of AWS and the tester on port 3000
	$(DEV) up -d --build --wait

prod: ## nginx with TLS, MySQL, Prometheus, Grafana; needs passwords in .env and a certificate in ssl/
	$(PROD) up -d --wait

build: ## build the image
	$(COMPOSE) build

up: .env ## start what docker-compose.yml says
	$(COMPOSE) up -d

down: ## stop and remove all containers; data stays
	$(COMPOSE) down --remove-orphans

logs: ## follow the server's log
	$(COMPOSE) logs -f sockudo

health: ## ask the server whether it is up
	$(COMPOSE) exec sockudo /app/sockudo --healthcheck && echo up

test: ## run all tests on this machine
	./test.sh

ci-test: ## run all tests in a container
	docker build -f test/Dockerfile -t sockudo-test .
	docker run --rm --init --shm-size 1g -e CI=true sockudo-test

scale: ## production with REPLICAS=3 servers
	$(PROD) up -d --no-recreate --wait --scale sockudo=$(REPLICAS)

stats: ## CPU and memory of the containers
	docker stats $$($(COMPOSE) ps -q)

generate-ssl: ## a self-signed certificate for DOMAIN=localhost in ssl/
	mkdir -p ssl
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 \
	  -subj "/CN=$(DOMAIN)" -addext "subjectAltName=DNS:$(DOMAIN)" -keyout ssl/key.pem -out ssl/cert.pem
