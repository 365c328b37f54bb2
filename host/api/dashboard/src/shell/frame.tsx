import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { isReadOnly } from "../api/session";
import { LostBanner } from "./lost";
import { Navigation } from "./navigation";
import { Routes } from "./routes";

/** The pages of who is signed in, with the way to them. */
export function Frame() {
  const main = useRef<HTMLElement>(null);
  const { path } = useLocation();
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    // Where the page changed without one being loaded, a screen reader is told by the focus.
    main.current?.focus();
    scrollTo(0, 0);
  }, [path]);
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Navigation path={path} />
      <main id="main" ref={main} tabIndex={-1}>
        <LostBanner />
        {isReadOnly() && <p class="lost">This host is read-only: nothing can be changed through it.</p>}
        <Routes />
      </main>
    </div>
  );
}
