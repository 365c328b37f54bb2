import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Database, type Kind, makeDatabase } from "./database";
import { freePort, needed, Program, run, until } from "./processes";

export const ADMIN = { name: "ada", password: "correct horse battery" };
/** The one token that the stand-in for GitHub lets in. */
export const TOKEN = "token";

// Small, and more than one page of each.
const SERVICE = `--owner acme --repositories 2 --plain --pulls 40 --commits 30 --token ${TOKEN} --exit-with-stdin`;

/** A folder, a stand-in for GitHub, a database, and a host that serves them. */
export class World {
  private host: Program | null = null;
  private stopped = 0;

  private constructor(
    readonly folder: string,
    readonly github: string,
    private readonly standIn: Program,
    private readonly database: Database,
    readonly port: number,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Everything but the host. */
  static async make(kind: Kind = "sqlite"): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), "runnel-dashboard-"));
    const database = await makeDatabase(kind, folder);
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      RUNNEL_DATABASE: database.url,
      RUNNEL_PLUGINS:
        process.env.RUNNEL_PLUGINS ?? join(dirname(needed("RUNNEL_BIN")), "../plugins/components"),
      RUNNEL_ALLOW_PRIVATE_HOSTS: "127.0.0.1",
      RUNNEL_STOP_TIMEOUT: "2s",
      GITHUB_TOKEN: TOKEN,
    };
    const log = join(folder, "github.log");
    const standIn = Program.start(needed("FAKE_GITHUB_BIN"), SERVICE.split(" "), log, env, folder);
    const github = await standIn.says(/listening on (\S+)/);
    const world = new World(folder, github, standIn, database, await freePort(), env);
    const key = join(folder, "runnel.key");
    writeFileSync(key, await world.runnel("key", "new"), { mode: 0o600 });
    chmodSync(key, 0o600);
    env.RUNNEL_KEY_FILE = key;
    return world;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A command of runnel on this world's database. */
  runnel(...args: string[]): Promise<string> {
    return run(needed("RUNNEL_BIN"), args, this.env, this.folder);
  }

  /** Reads the stand-in by an integration's jobs, which the host that is started runs at once. */
  async fill(): Promise<void> {
    await this.add("github", "acme");
    await this.start();
    const left =
      "SELECT count(*) FROM etl_jobs j WHERE NOT EXISTS (SELECT 1 FROM job_runs r WHERE r.job_id = j.id AND r.state = 'succeeded')";
    await until("each job has succeeded", async () => (await this.sql(left)) === "0");
  }

  async add(name: string, scope: string, tenant = "default"): Promise<void> {
    const of = ["--source", "github", "--name", name, "--tenant", tenant, "--base-url", this.github];
    await this.runnel("integration", "add", ...of, "--scope", scope, "--token-env", "GITHUB_TOKEN");
  }

  /** What the shell of the database answers. */
  sql(statements: string): Promise<string> {
    return this.database.sql(statements);
  }

  /** Starts the host, and waits until it serves. */
  async start(...args: string[]): Promise<void> {
    const words = [
      "serve",
      "--listen",
      `127.0.0.1:${this.port}`,
      "--roles",
      "scheduler,relay,worker,api",
      ...args,
    ];
    const log = join(this.folder, `host-${this.stopped}.log`);
    this.host = Program.start(needed("RUNNEL_BIN"), words, log, this.env, this.folder);
    await this.host.says(/serving on/);
  }

  /** Starts the host anew, with other words than before. */
  async restart(...args: string[]): Promise<void> {
    await this.stop();
    await this.start(...args);
  }

  /** The one-time link that the host printed. */
  async setupLink(): Promise<string> {
    if (!this.host) throw new Error("the host has not been started");
    return this.host.says(/\/setup#(\S+)/);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.host?.stop(signal);
    this.host = null;
    this.stopped += 1;
  }

  async end(): Promise<void> {
    await this.stop("SIGKILL");
    await this.standIn.stop("SIGKILL");
    await this.database.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
