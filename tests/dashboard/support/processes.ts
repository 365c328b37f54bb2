import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { promisify } from "node:util";

const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

const execute = promisify(execFile);

export function needed(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: tests/dashboard/README.md says what it has to name`);
  return value;
}

/** Waits until something is there. */
export async function until<T>(what: string, look: () => Promise<T> | T): Promise<NonNullable<T>> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`not within a minute: ${what}`);
}

/** A port of this machine that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** A program that runs until it is stopped, and what it says. */
export class Program {
  private constructor(
    private readonly child: ChildProcess,
    private readonly log: string,
  ) {}

  static start(file: string, args: string[], log: string, env: NodeJS.ProcessEnv, cwd: string): Program {
    const out = openSync(log, "a");
    // Its standard input is a pipe of ours: a stand-in stops when we are gone.
    const child = spawn(file, args, { cwd, env, stdio: ["pipe", out, out] });
    closeSync(out);
    return new Program(child, log);
  }

  said(): string {
    return readFileSync(this.log, "utf8");
  }

  /** Waits until it has said so, and answers the first group. */
  async says(words: RegExp): Promise<string> {
    const match = await until(`${words} in\n${this.said()}`, () => {
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.said()}`);
      return words.exec(this.said());
    });
    return match[1] ?? match[0];
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill(signal);
    await ended;
  }
}

/** Runs a program to its end. */
export async function run(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<string> {
  const { stdout } = await execute(file, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
