import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

interface Props {
  title: string;
  /** What stands above the title: the way back. */
  up?: { href: string; label: string };
  /** What stands beside the title. */
  beside?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** A page: its title, what can be done, and what it shows. */
export function Page({ title, up, beside, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Runnel`;
  }, [title]);
  return (
    <>
      <header class="page-head">
        <div>
          {up && (
            <nav aria-label="Breadcrumb" class="up">
              <a href={up.href}>{up.label}</a>
            </nav>
          )}
          <h1>
            <bdi>{title}</bdi>
            {beside}
          </h1>
        </div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

/** A part of a page with a heading of its own. */
export function Section(props: { title: string; beside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section>
      <header class="section-head">
        <h2>{props.title}</h2>
        {props.beside}
      </header>
      {props.children}
    </section>
  );
}
