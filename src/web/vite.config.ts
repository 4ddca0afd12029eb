import { defineConfig } from "vite";

// Two pages, no hashes in file names: the server answers with ETags, and nothing stale is left behind in wwwroot.
export default defineConfig({
  base: "/",
  build: {
    outDir: "../LiveAvatar.Server/wwwroot",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    license: { fileName: "licences.txt" }, // of what is bundled into the page
    rollupOptions: {
      input: ["index.html", "view.html"],
      output: {
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
  server: { proxy: { "/whip": "http://localhost:8080", "/whep": "http://localhost:8080", "/api": "http://localhost:8080" } },
});
