#!/usr/bin/env node
// Runs the conformance cases against a gateway, or records its answers as the expected ones.
//
//   node conformance.mjs check  --start 'COMMAND' [--json] [--jobs N] [FILE|FOLDER ...]
//   node conformance.mjs record --start 'COMMAND' [FILE|FOLDER ...]
//
// COMMAND starts the gateway in the foreground. In it, {config} becomes the path of the configuration and {port} the
// port to listen on (the configuration names the same port). A configuration that the gateway must refuse has
// "refused": true in its file: there COMMAND must end by itself with a non-zero code.
// Without files, every case file below this folder runs. See README.md for the form of a case file.
// --deviations FILE names a JSON object of answers that differ on purpose: {"FILE · CASE": "the reason", …, "rules":
// [{"header": "cache-control", "want": "^public", "have": "^private", "reason": "…"}]}. A listed case counts as skipped while it
// differs, and as failed once it doesn't; a case whose only differences are headers that fit a rule counts as skipped.
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startUpstream, TRANSPORT } from "./upstream.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
// Headers that differ from run to run, or that the transport owns.
const VOLATILE = new Set(["date", "connection", "keep-alive", "transfer-encoding", "content-length"]);

const [mode, ...rest] = process.argv.slice(2);
const options = { jobs: 1 };
const targets = [];
for (let i = 0; i < rest.length; i++) {
  if (rest[i] === "--start") options.start = rest[++i];
  else if (rest[i] === "--jobs") options.jobs = Number(rest[++i]);
  else if (rest[i] === "--json") options.json = true;
  else if (rest[i] === "--verbose") options.verbose = true;
  else if (rest[i] === "--deviations") options.deviations = rest[++i];
  else targets.push(rest[i]);
}
if (!["check", "record"].includes(mode) || !options.start) {
  console.error("usage: conformance.mjs check|record --start 'COMMAND with {config} and {port}' [FILE|FOLDER ...]");
  process.exit(2);
}

const files = (targets.length ? targets : [here]).flatMap(listCaseFiles);
const { rules = [], ...deviations } = options.deviations ? JSON.parse(fs.readFileSync(options.deviations, "utf8")) : {};
let passed = 0;
let failed = 0;
let skipped = 0;
const report = [];
const queue = [...files];
await Promise.all(Array.from({ length: options.jobs }, async () => {
  for (let file; (file = queue.shift()); ) await runFile(file);
}));
if (options.json) console.log(JSON.stringify({ passed, failed, report }, null, 1));
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exit(failed ? 1 : 0);

function listCaseFiles(target) {
  if (fs.statSync(target).isFile()) return [path.resolve(target)];
  return fs.readdirSync(target, { recursive: true }).sort()
    .filter((f) => f.endsWith(".json")).map((f) => path.resolve(target, f));
}

/** A case file's name as deviations list it: its last folder and its name, "routing/path-params.json". */
function caseFile(file) {
  return path.join(path.basename(path.dirname(file)), path.basename(file));
}

/** The product token that a gateway names itself with is its own affair. */
function anonymous(text) {
  return text.replace(/\b(KrakenD Version|Cuttle)[ /]?[0-9A-Za-z.-]*/g, "gateway");
}

async function runFile(file) {
  const suite = JSON.parse(fs.readFileSync(file, "utf8"));
  const label = path.relative(process.cwd(), file);
  const upstreams = [];
  const note = (name, problems) => {
    if (`${caseFile(file)} · ${name}` in deviations) {
      if (problems.length) return skipped++;
      problems = ["is listed as a deviation, but answers as expected"];
    }
    if (problems.length) failed++; else if (problems.byRule) skipped++; else passed++;
    if (problems.length || options.verbose) report.push({ file: label, case: name, problems });
    if (!options.json && problems.length) console.log(`FAIL ${label} · ${name}\n  ${problems.join("\n  ")}`);
  };
  try {
    for (const [name, routes] of Object.entries(suite.upstreams ?? {})) upstreams.push([name, await startUpstream(name, routes)]);
    const port = await freePort();
    const fill = (text) => upstreams.reduce((t, [n, u]) => t.replaceAll(`http://upstream-${n}`, u.url), text)
      .replaceAll("{gateway}", `http://127.0.0.1:${port}`);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "conformance-"));
    const configPath = path.join(folder, suite.config_name ?? "gateway.json");
    fs.writeFileSync(configPath, fill(JSON.stringify({ ...suite.config, port })));
    for (const [name, text] of Object.entries(suite.files ?? {})) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), fill(text));
    }
    const gateway = await start(options.start, configPath, port, folder, suite);
    try {
      if (suite.refused) {
        note("is refused", gateway.exitCode ? [] : ["the configuration was accepted"]);
        return;
      }
      if (!gateway.ready) {
        note("starts", [`the gateway did not start: ${gateway.log().slice(-600)}`]);
        if (mode === "check") for (const c of suite.cases.slice(1)) note(c.name, ["the gateway did not start"]);
        return;
      }
      for (const test of suite.cases) {
        for (const [, u] of upstreams) u.seen.length = 0;
        if (test.wait_ms) await new Promise((r) => setTimeout(r, test.wait_ms));
        const response = await send(port, test.request, fill).catch((e) => ({ error: String(e.code ?? e.message) }));
        if (test.settle_ms) await new Promise((r) => setTimeout(r, test.settle_ms));
        const seen = upstreams.flatMap(([, u]) => u.seen.map((s) => ({ ...s })));
        const actual = tidy(response, seen, test, (t) => unfill(t, upstreams, port));
        if (mode === "record") Object.assign(test, { expect: actual });
        else note(test.name, compare(test, actual));
      }
    } finally {
      await gateway.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    }
    if (mode === "record") {
      fs.writeFileSync(file, JSON.stringify(suite, null, 2) + "\n");
      passed += suite.cases.length;
    }
  } catch (error) {
    note("runs", [String(error.stack ?? error)]);
  } finally {
    for (const [, u] of upstreams) await u.close();
  }
}

function unfill(text, upstreams, port) {
  let out = anonymous(text).replaceAll(`http://127.0.0.1:${port}`, "{gateway}").replaceAll(`127.0.0.1:${port}`, "{gateway-host}");
  for (const [n, u] of upstreams) out = out.replaceAll(u.url, `http://upstream-${n}`).replaceAll(`127.0.0.1:${u.port}`, `upstream-${n}`);
  return out;
}

function tidy(response, seen, test, clean) {
  if (response.error) return { error: true };
  const headers = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (VOLATILE.has(name)) continue;
    headers[name] = clean(Array.isArray(value) ? value.join(", ") : value);
    if (name === "x-krakend") headers[name] = headers[name].replace(/^Version .*/, "Version *");
  }
  const text = clean(response.body);
  let body;
  try {
    body = { json: JSON.parse(text) };
  } catch {
    body = { text };
  }
  if (text === "") body = { text: "" };
  const upstream = seen.map(({ headers: h, ...r }) => ({
    ...r,
    query: clean(r.query),
    body: clean(r.body),
    headers: Object.fromEntries(Object.entries(h).filter(([n]) =>
      !TRANSPORT.has(n) || test.compare_upstream_headers?.includes(n)).map(([n, v]) => [n, clean(v)])),
  }));
  upstream.sort((a, b) => (a.upstream + a.path + a.query + a.method).localeCompare(b.upstream + b.path + b.query + b.method));
  return { status: response.status, headers, ...body, upstream };
}

function compare(test, actual) {
  const want = JSON.parse(anonymous(JSON.stringify(test.expect)));
  const problems = [];
  const ignore = new Set(test.ignore ?? []);
  if (want.error || actual.error) {
    if (Boolean(want.error) !== Boolean(actual.error)) problems.push(`want ${want.error ? "a broken connection" : want.status}, have ${actual.error ? "a broken connection" : actual.status}`);
    return problems;
  }
  if (want.status !== actual.status) problems.push(`status: want ${want.status}, have ${actual.status}`);
  for (const name of new Set([...Object.keys(want.headers), ...Object.keys(actual.headers)])) {
    if (ignore.has(`header:${name}`)) continue;
    const [w, h] = [want.headers[name], actual.headers[name]];
    if (w === h) continue;
    if (rules.some((r) => r.header === name && new RegExp(r.want).test(w ?? "") && new RegExp(r.have).test(h ?? ""))) problems.byRule = true;
    else problems.push(`header ${name}: want ${w}, have ${h}`);
  }
  if (!ignore.has("body")) {
    const [w, a] = [bodyOf(want), bodyOf(actual)];
    if (canonical(w) !== canonical(a)) problems.push(`body: want ${JSON.stringify(w)}, have ${JSON.stringify(a)}`);
  }
  if (!ignore.has("upstream")) {
    const [w, a] = [queryOrder(want.upstream), queryOrder(actual.upstream)];
    if (canonical(w) !== canonical(a)) problems.push(`upstream: want ${JSON.stringify(w)}, have ${JSON.stringify(a)}`);
  }
  return problems;
}

function bodyOf(answer) {
  return "json" in answer ? answer.json : answer.text;
}

function queryOrder(seen) {
  const plain = seen.map((s) => ({ ...s, query: s.query.split("&").sort().join("&"), body: asJson(s.body) }));
  const key = (s) => `${s.upstream} ${s.path} ${s.method} ${s.query} ${canonical(s.body)}`;
  return plain.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function asJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    return `{${Object.keys(value).sort().map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

function send(port, request, fill) {
  return new Promise((resolve, reject) => {
    const body = request.json !== undefined ? JSON.stringify(request.json) : request.body;
    const headers = Object.fromEntries(Object.entries(request.headers ?? {}).map(([k, v]) => [k, Array.isArray(v) ? v : fill(v)]));
    if (request.json !== undefined && !Object.keys(headers).some((k) => k.toLowerCase() === "content-type")) headers["Content-Type"] = "application/json";
    if (body !== undefined) headers["Content-Length"] = Buffer.byteLength(body);
    const req = http.request({ host: "127.0.0.1", port, path: request.path, method: request.method ?? "GET", headers, agent: false }, (res) => {
      const chunks = [];
      res.on("data", (c) => chunks.push(c));
      res.on("error", reject);
      res.on("end", () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(chunks).toString("utf8") }));
    });
    req.setTimeout(20_000, () => req.destroy(new Error("no answer in 20 s")));
    req.on("error", reject);
    req.end(body);
  });
}

async function start(command, configPath, port, folder, suite) {
  const line = command.replaceAll("{config}", configPath).replaceAll("{port}", String(port)).replaceAll("{folder}", folder);
  const child = spawn("bash", ["-c", `exec ${line}`], {
    detached: true,
    cwd: options.start.includes("{folder}") ? folder : process.cwd(),
    env: { ...process.env, USAGE_DISABLE: "1", ...suite.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stdout.on("data", (d) => (log += d));
  child.stderr.on("data", (d) => (log += d));
  const exited = new Promise((r) => child.on("exit", (code, signal) => r(code ?? (signal ? 1 : 0))));
  let exitCode;
  exited.then((code) => (exitCode = code));
  let ready = false;
  const deadline = Date.now() + 60_000;
  while (!ready && exitCode === undefined && Date.now() < deadline) {
    ready = await connects(port);
    if (!ready) await new Promise((r) => setTimeout(r, 30));
  }
  if (suite.refused && ready) await Promise.race([exited, new Promise((r) => setTimeout(r, 500))]);
  return {
    ready,
    exitCode,
    log: () => log,
    async stop() {
      if (exitCode === undefined) {
        try {
          process.kill(-child.pid, "SIGTERM");
        } catch {}
        await Promise.race([exited, new Promise((r) => setTimeout(r, 3000))]);
      }
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {}
    },
  };
}

function connects(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("connect", () => (socket.destroy(), resolve(true)));
    socket.on("error", () => resolve(false));
  });
}

// Below the ports that systems give out by themselves (32768 and up on Linux): another file's upstream could get one of those
// before the gateway that is told it has started.
async function freePort() {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    const server = net.createServer();
    const free = await new Promise((r) => server.on("error", () => r(false)).listen(port, "0.0.0.0", () => r(true)));
    if (!free) continue;
    await new Promise((r) => server.close(r));
    return port;
  }
}
