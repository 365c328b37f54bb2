import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to a host that can be cut, as a network is: the host knows nothing of it. */
export class Wire {
  private readonly sockets = new Set<Socket>();
  /** What was asked for last on each connection of a browser, and the one to the host. */
  private readonly asked = new Map<Socket, { line: string; far: Socket }>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static make(to: number): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const server = createServer();
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        if (!address || typeof address === "string") return reject(new Error("no port"));
        const wire = new Wire(server, address.port);
        server.on("connection", (near) => wire.join(near, to));
        resolve(wire);
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Breaks what is connected; whoever connects anew gets through. */
  break(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Breaks what is connected, and lets nobody through until it is mended. */
  cut(): void {
    this.isCut = true;
    this.break();
  }

  mend(): void {
    this.isCut = false;
  }

  /** Has the connection of a request stay open, and nothing come of it any more. */
  silence(path: string): void {
    const lines = [...this.asked].filter(([, { line }]) => line.startsWith(`GET ${path} `));
    if (lines.length === 0) throw new Error(`nobody has asked for ${path}`);
    for (const [near, { far }] of lines) {
      near.unpipe(far);
      far.unpipe(near);
    }
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.break();
    });
  }

  private join(near: Socket, to: number): void {
    if (this.isCut) return void near.destroy();
    const far = connect(to, "127.0.0.1");
    near.on("data", (bytes) => this.asked.set(near, { line: bytes.toString("latin1", 0, 100), far }));
    near.on("close", () => this.asked.delete(near));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
