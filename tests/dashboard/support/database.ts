import { randomBytes } from "node:crypto";
import { needed, run } from "./processes";

export const KINDS = ["sqlite", "postgres"] as const;
export type Kind = (typeof KINDS)[number];

/** The database of one world, as its host names it, and as a test reads and writes it. */
export interface Database {
  readonly url: string;
  /** What the shell of the database answers. */
  sql(statements: string): Promise<string>;
  end(): Promise<void>;
}

export function makeDatabase(kind: Kind, folder: string): Promise<Database> {
  return kind === "postgres" ? Postgres.make(folder) : Promise.resolve(new Sqlite(folder));
}

/** A file in the folder, which goes with it. */
class Sqlite implements Database {
  readonly url = "sqlite:runnel.db";

  constructor(private readonly folder: string) {}

  async sql(statements: string): Promise<string> {
    const args = ["-cmd", ".timeout 10000", "runnel.db", statements];
    return (await run("sqlite3", args, process.env, this.folder)).trim();
  }

  async end(): Promise<void> {}
}

/** A database of its own on the server of DATABASE_URL, which is dropped in the end. */
class Postgres implements Database {
  private constructor(
    private readonly server: string,
    private readonly name: string,
    private readonly folder: string,
  ) {}

  static async make(folder: string): Promise<Postgres> {
    const server = needed("DATABASE_URL");
    const made = new Postgres(server, `runnel_browser_${randomBytes(6).toString("hex")}`, folder);
    await made.shell(server, `CREATE DATABASE ${made.name}`);
    return made;
  }

  get url(): string {
    const url = new URL(this.server);
    url.pathname = `/${this.name}`;
    return url.href;
  }

  sql(statements: string): Promise<string> {
    return this.shell(this.url, statements);
  }

  async end(): Promise<void> {
    await this.shell(this.server, `DROP DATABASE ${this.name} WITH (FORCE)`);
  }

  private async shell(url: string, statements: string): Promise<string> {
    const quiet = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1"];
    return (await run("psql", [...quiet, "-c", statements, url], process.env, this.folder)).trim();
  }
}
