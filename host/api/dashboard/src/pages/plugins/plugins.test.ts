import { describe, expect, it } from "vitest";
import type { Plugin, Version } from "../../api/plugins";
import { START, wayBody } from "./activation";
import { apart } from "./apart";
import { perMinute, totals } from "./figures";
import { chooseFiles, signatureHeader } from "./files";
import { measureOfWork } from "./measure";
import { versionNames } from "./version-names";

describe("two texts", () => {
  it("are told apart where they differ", () => {
    expect(apart("title", "Title")).toEqual(["", "t", "T", "itle"]);
    expect(apart("abc", "abXc")).toEqual(["ab", "", "X", "c"]);
    expect(apart("aa", "a")).toEqual(["a", "a", "", ""]);
    expect(apart("", "new")).toEqual(["", "", "new", ""]);
  });

  it("are not cut within a character", () => {
    expect(apart("😀", "😁")).toEqual(["", "😀", "😁", ""]);
  });
});

describe("an activation", () => {
  it("names a tenant only where it is for one", () => {
    expect(wayBody(START, "p", "2")).toEqual({ version: "2" });
    expect(wayBody({ ...START, tenant: "acme" }, "p", "2")).toEqual({ version: "2", tenant: "acme" });
  });

  it("has a share only as a canary", () => {
    expect(wayBody({ ...START, way: "shadow" }, "p", "2")).toEqual({
      plugin: "p",
      version: "2",
      kind: "shadow",
    });
    expect(wayBody({ ...START, way: "canary", percent: 9, max_differences: "0.5" }, "p", "2")).toEqual({
      plugin: "p",
      version: "2",
      kind: "canary",
      percent: 9,
      max_differences: 0.5,
    });
  });
});

describe("what is dropped", () => {
  it("is a component, and a signature wherever it lies", () => {
    const [wasm, minisig] = [new File([], "p.wasm"), new File([], "p.wasm.minisig")];
    expect(chooseFiles([minisig, wasm])).toEqual({ component: wasm, signature: minisig });
    expect(chooseFiles([])).toEqual({ component: undefined, signature: undefined });
  });

  it("has a signature of several lines in one header", () => {
    expect(signatureHeader("a\nb")).toEqual({ "runnel-signature": "YQpi" });
  });
});

describe("figures", () => {
  const figure = (minute: number, version: string, records: number) => ({
    minute: new Date(minute * 60_000).toISOString(),
    version,
    digest: version,
    records,
    rejected: 1,
    trapped: 0,
    seconds: 0.5,
    memory: minute,
  });
  const figures = [figure(10, "0.1.0", 100), figure(12, "0.1.0", 300), figure(12, "0.2.0", 50)];

  it("add up by version, and the memory is the most that there was", () => {
    const [first] = totals(figures);
    expect(first).toMatchObject({
      version: "0.1.0",
      records: 400,
      rejected: 2,
      memory: 12,
      perSecond: 400,
      micros: 2_500,
    });
  });

  it("have a place for each minute, also where nothing was done", () => {
    expect(perMinute(figures)).toEqual({
      times: [600, 660, 720],
      lines: [
        { version: "0.1.0", values: [100, 0, 300] },
        { version: "0.2.0", values: [0, 0, 50] },
      ],
    });
  });

  it("of no time are none", () => {
    const work = { skipped: 0, rejected: 1, failed: 2, micros: 0, memory: 1 };
    expect(measureOfWork("2", 10, work)).toMatchObject({ perSecond: null, micros: null, trapped: 2 });
  });
});

describe("the versions that can be chosen", () => {
  it("are those that are installed and not retired, newest first", () => {
    const of = (version: string, from: Version["from"], retired = false) =>
      ({ version, from, retired }) as Version;
    const versions = [
      of("0.9.0", "database"),
      of("0.10.0", "database"),
      of("0.9.0", "folder"),
      of("0.11.0", "database", true),
    ];
    expect(versionNames({ versions } as Plugin)).toEqual(["0.10.0", "0.9.0"]);
    expect(versionNames(undefined)).toEqual([]);
  });
});
