import { Page } from "../../parts/page";

export function NotFoundPage() {
  return (
    <Page title="Not found">
      <div class="empty">
        <h2>There is no such page</h2>
        <p>
          Perhaps what you look for is in the <a href="/">flow</a>, or among the <a href="/jobs">jobs</a>.
        </p>
      </div>
    </Page>
  );
}
