import { defineConfig } from "vite";

const api = process.env.RUNNEL_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  build: {
    // From where it is put into dist/.
    outDir: "dist.new",
    target: "es2023",
    // What the palette needs: light-dark() is kept as it is.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The policy of the host allows no `data:` script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What most pages share comes once and not in crumbs; the charts with the pages that have some.
          groups: [
            {
              name: "shared",
              test: /node_modules\/(?!uplot)|src\/(api|text|parts\/(?!chart)|shell\/scheme)/,
              priority: 2,
            },
            { name: "chart", test: /uplot|parts\/chart/, priority: 1 },
          ],
        },
      },
    },
  },
  server: { host: "127.0.0.1", proxy: { "/api": { target: api } } },
});
