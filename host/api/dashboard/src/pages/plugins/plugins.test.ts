import { describe, expect, it } from "vitest";
import type { Plugin, Version } from "../../api/plugins";
import { START, wayBody } from "./activation";
import { apart } from "./apart";
import { chooseFiles, signatureHeader } from "./files";
import { measure } from "./measure";
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

describe("a measure", () => {
  it("is by record, and none where no time was taken", () => {
    const work = { skipped: 0, rejected: 1, failed: 0, micros: 500_000, memory: 1 };
    expect(measure(1, "2", 1_000, work)).toMatchObject({ perSecond: 2_000, micros: 500 });
    expect(measure(1, "2", 1_000, { ...work, micros: 0 })).toMatchObject({ perSecond: null, micros: null });
  });
});

describe("the versions that can be chosen", () => {
  it("are told once, newest first, without those that are retired", () => {
    const of = (version: string, retired = false) => ({ version, retired }) as Version;
    const versions = [of("0.9.0"), of("0.10.0"), of("0.9.0"), of("0.11.0", true)];
    expect(versionNames({ versions } as Plugin)).toEqual(["0.10.0", "0.9.0"]);
    expect(versionNames(undefined)).toEqual([]);
  });
});
