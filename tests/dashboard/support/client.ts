import type { World } from "./world";

interface Answer<T> {
  status: number;
  body: T;
  cookie: string;
}

/** A caller of the API without a browser: what a test needs to be there is made by it. */
export class Client {
  private cookie = "";

  constructor(private readonly world: World) {}

  /** What a browser has to keep to be signed in as this one is. */
  get session(): { name: string; value: string; url: string } {
    const [name = "", value = ""] = this.cookie.split("=");
    return { name, value, url: this.world.url };
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const headers: Record<string, string> = { origin: this.world.url, cookie: this.cookie };
    if (body !== undefined) headers["content-type"] = "application/json";
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await fetch(`${this.world.url}/api/v1${path}`, init);
    const text = await response.text();
    const cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    return { status: response.status, body: (text ? JSON.parse(text) : undefined) as T, cookie };
  }

  async must<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (answer.cookie) this.cookie = answer.cookie;
    return answer.body;
  }
}
