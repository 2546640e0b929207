/** What runs a built folder on machines of one's own: containers, Kubernetes, systemd. Nodes are copies; nothing here makes them know each other. */
import type { Plan } from '../plan.ts'
import { healthPath } from '../normalise/service.ts'
import { DENO_VERSION, workerdVersion } from '../runtimes.ts'
import { workerName } from './wrangler.ts'

export type HostedTarget = 'workerd' | 'deno'

/** How long a node is left alone by load balancers before it is told to stop, and how long it may take then, in seconds. */
const DRAIN_S = 5
const STOP_S = 30

/** Files beside the gateway's own. */
export function emitHosting(plan: Plan, target: HostedTarget): { [file: string]: string } {
  const node: Node = { name: workerName(plan), port: plan.listen.port, health: healthOf(plan), target, listeners: plan.listeners.map(({ port }) => port), secrets: plan.bindings.secrets.length > 0 }
  return {
    Dockerfile: dockerfile(node),
    '.dockerignore': '*\n!gateway.js\n!worker.js\n!config.capnp\n!tls\n',
    'compose.yaml': compose(node),
    'haproxy.cfg': haproxy({ port: node.port, health: node.health, nodes: [1, 2, 3].map((n) => ({ name: `node${n}`, address: `node${n}:${node.port}` })), stats: BALANCER_STATS, resolver: DOCKER_DNS }),
    'roll.sh': ROLL,
    'kubernetes.yaml': kubernetes(node),
    [`${node.name}.service`]: service(node),
    ...(target === 'workerd' ? { [`${node.name}.socket`]: socket(node) } : {}),
  }
}

interface Node {
  name: string
  port: number
  /** Where one asks whether it lives; null: the configuration has switched that off. */
  health: string | null
  target: HostedTarget
  listeners: readonly number[]
  secrets: boolean
}

export function healthOf(plan: Plan): string | null {
  const own = plan.endpoints.find(({ handler }) => handler.respond[0] === 'worker/builtin/health')
  return own ? own.path || healthPath({}) : null
}

const HEADER = '# Written by cuttle build: change it as you like, and build into another folder the next time.\n'

function dockerfile({ target, port, listeners }: Node): string {
  const expose = [port, ...listeners].join(' ')
  if (target === 'deno') {
    return `${HEADER}FROM denoland/deno:distroless-${DENO_VERSION}
WORKDIR /gateway
COPY . .
USER 65532:65532
EXPOSE ${expose}
CMD ["run", "--allow-net", "--allow-env", "gateway.js"]
`
  }
  return `${HEADER}FROM node:24-bookworm-slim AS runtime
RUN npm install --prefix /runtime workerd@${workerdVersion()} && cp "$(node -p 'require("/runtime/node_modules/workerd").default')" /workerd

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=runtime /workerd /workerd
WORKDIR /gateway
COPY . .
EXPOSE ${expose}
ENTRYPOINT ["/workerd", "serve", "config.capnp"]
`
}

function compose({ port, listeners, secrets }: Node): string {
  const env = secrets ? '    env_file: secrets.env\n' : ''
  const nodes = [1, 2, 3].map((n) => `  node${n}:\n    <<: *node\n`).join('')
  return `${HEADER}x-node: &node
  build: .
  init: true
  restart: unless-stopped
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  stop_grace_period: ${STOP_S}s
${env.replace(/^ {4}/, '  ')}${listeners.length ? `  expose: [${listeners.map((listener) => `"${listener}"`).join(', ')}]\n` : ''}
services:
  balancer:
    image: haproxy:3.2-alpine
    restart: unless-stopped
    ports: ["${port}:${port}"]
    volumes: ["./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro"]
    depends_on: [node1, node2, node3]
${nodes}`
}

export interface Balancer {
  port: number
  health: string | null
  nodes: readonly { name: string; address: string }[]
  /** The socket that tells its statistics and takes commands: a file, or an address; null: none. */
  stats: string | null
  /** Who knows where the nodes' names lead, which may change as they come and go; null: they are addresses. */
  resolver: string | null
}

/** Within the balancer's container alone. */
const BALANCER_STATS = '127.0.0.1:9999'

/**
 * Compose tells all containers to stop at once, and no balancer before it: a node's own hook (`pre_stop`) could not reach HAProxy's
 * socket. How long the name of a new container takes to be known: `hold valid` below.
 */
const ROLL = `#!/bin/sh
${HEADER}# A new version, one node after the other: each is told to stop once HAProxy sends it nothing more. \`sh roll.sh\`, or \`sh roll.sh node2\`.
set -eu
ask() { docker compose exec -T balancer sh -c "echo '$1' | nc 127.0.0.1 9999"; }
[ $# -gt 0 ] || set -- node1 node2 node3
docker compose build
for node in "$@"; do
  ask "set server nodes/$node state drain"
  sleep ${DRAIN_S}
  docker compose up -d --no-deps "$node"
  sleep 6
  tries=0
  until [ "$(ask 'show servers state nodes' | awk -v node="$node" '$4 == node { print $6 }')" = 2 ]; do
    tries=$((tries + 1))
    if [ $tries -gt 30 ]; then
      echo "$node does not come back: the others serve" >&2
      exit 1
    fi
    sleep 1
  done
  ask "set server nodes/$node state ready"
done
`

/** Docker's own, in each network. */
const DOCKER_DNS = '127.0.0.11:53'

/** A node that dies takes no request along: what it had not answered is asked of another, where asking twice does no harm. */
export function haproxy({ port, health, nodes, stats, resolver }: Balancer): string {
  const check = health === null ? '' : `  option httpchk
  http-check send meth GET uri ${health} ver HTTP/1.1 hdr Host gateway
`
  return `${HEADER}${stats === null ? '' : `global\n  stats socket ${stats} mode 600 level admin\n\n`}${resolver === null ? '' : `resolvers names\n  nameserver dns ${resolver}\n  hold valid 5s\n\n`}defaults
  mode http
  option http-keep-alive
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout http-request 10s
  timeout queue 5s

frontend gateway
  bind :${port}
  # What clients say of their address does not count. Behind another balancer: take this line away.
  http-request set-header X-Forwarded-For %[src]
  default_backend nodes

backend nodes
  balance roundrobin
${check}  retries 3
  option redispatch 1
  retry-on all-retryable-errors
  http-request disable-l7-retry unless METH_GET
  default-server check inter 500ms fall 2 rise 2 observe layer4 error-limit 3 on-error mark-down${resolver === null ? '' : ' resolvers names init-addr libc,none'}
${nodes.map(({ name, address }) => `  server ${name} ${address}`).join('\n')}
`
}

function kubernetes({ name, port, health, secrets, listeners, target }: Node): string {
  const probe = health === null ? `tcpSocket: { port: http }` : `httpGet: { path: ${JSON.stringify(health)}, port: http }`
  const scrape = listeners[0] === undefined ? '' : `\n      annotations: { prometheus.io/scrape: "true", prometheus.io/port: "${listeners[0]}" }`
  return `${HEADER}apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  replicas: 3
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata:
      labels: { app: ${name} }${scrape}
    spec:
      terminationGracePeriodSeconds: ${DRAIN_S + STOP_S}
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: RuntimeDefault } }
      topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: ${name} } } }
      containers:
        - name: gateway
          image: ${name}:latest
          ports:
            - { name: http, containerPort: ${port} }${listeners.map((listener, i) => `\n            - { name: metrics${i ? i + 1 : ''}, containerPort: ${listener} }`).join('')}${secrets ? `\n          envFrom:\n            - secretRef: { name: ${name} }` : ''}
          startupProbe: { ${probe}, periodSeconds: 1, failureThreshold: 30 }
          readinessProbe: { ${probe}, periodSeconds: 2, failureThreshold: 2 }
          livenessProbe: { ${probe}, periodSeconds: 10, failureThreshold: 3 }
          # No more requests come before it is told to stop: ${target} itself does not wait for those under way to it.
          lifecycle: { preStop: { sleep: { seconds: ${DRAIN_S} } } }
          resources: { requests: { cpu: 250m, memory: 128Mi }, limits: { memory: 512Mi } }
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  selector: { app: ${name} }
  ports:
    - { name: http, port: 80, targetPort: http }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: ${name} }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }
  minReplicas: 3
  maxReplicas: 30
  metrics:
    - { type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ${name} }
spec:
  maxUnavailable: 1
  selector: { matchLabels: { app: ${name} } }
`
}

/** systemd keeps the socket: while a new version starts, connections wait instead of failing. */
function service({ name, target }: Node): string {
  const run = target === 'workerd' ? `/usr/local/bin/workerd serve config.capnp --socket-fd http=3` : `/usr/local/bin/deno run --allow-net --allow-env gateway.js`
  return `${HEADER}[Unit]
Description=${name}, an API gateway
After=network-online.target
Wants=network-online.target
${target === 'workerd' ? `Requires=${name}.socket\n` : ''}
[Service]
WorkingDirectory=/opt/${name}
EnvironmentFile=-/opt/${name}/secrets.env
ExecStart=${run}
Restart=always
RestartSec=1
KillSignal=SIGTERM
TimeoutStopSec=${STOP_S}
DynamicUser=yes
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX

[Install]
WantedBy=multi-user.target
`
}

function socket({ port }: Pick<Node, 'port'>): string {
  return `${HEADER}[Socket]
ListenStream=${port}
NoDelay=true

[Install]
WantedBy=sockets.target
`
}
