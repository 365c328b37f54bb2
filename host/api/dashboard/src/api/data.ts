import type { Run } from "./work";

export interface Column {
  name: string;
  type: string;
  nullable: boolean;
  doc: string;
  key: boolean;
}

export interface Table {
  name: string;
  source: string;
  entity: string;
  doc: string;
  columns: Column[];
}

export type Row = Record<string, unknown> & { _id: number };

export interface Lineage {
  row: Row;
  raw: {
    id: number;
    stream: string;
    external_id: string | null;
    context: unknown;
    /** As the service sent it. */
    payload_text: string;
    fetched_at: string;
  } | null;
  request: { method: string; url: string } | null;
  run: Run | null;
  plugin: { name: string | null; version: string | null; digest: string } | null;
  versions: { raw: number; fetched_at: string; payload_text: string }[];
}
