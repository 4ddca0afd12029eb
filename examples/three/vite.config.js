import { defineConfig } from "vite";

// The page talks to the server as to its own origin; on another site, let it in with --allow-origins instead.
const server = process.env.LIVEAVATAR ?? "http://localhost:8080";
export default defineConfig({ server: { proxy: { "^/liveavatar\\.v1\\.": server } } });
