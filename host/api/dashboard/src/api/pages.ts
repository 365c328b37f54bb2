/** A page of a list. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** As much of a list as was asked for. */
export interface Pages<T> {
  items: T[];
  next: string | null;
  /** Something has changed that is not shown. */
  outdated: boolean;
}

export const PAGE = 50;
/** The most that one request may ask for. */
export const LARGEST = 200;

export function first<T>(page: Page<T>): Pages<T> {
  return { items: page.items, next: page.next, outdated: false };
}

/** Puts a further page behind those that are there. */
export function append<T>(pages: Pages<T>, page: Page<T>): Pages<T> {
  return { ...pages, items: [...pages.items, ...page.items], next: page.next };
}

/** How much to ask for to see again what is seen; none where it is more than one request gives. */
export function refreshLimit<T>(pages: Pages<T>): number | null {
  const wanted = Math.max(PAGE, pages.items.length);
  return wanted <= LARGEST ? wanted : null;
}
