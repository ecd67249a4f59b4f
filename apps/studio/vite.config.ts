import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

const server = process.env['ASHLAR_URL'] ?? 'http://localhost:54321';

/** `vite` beside a running server shows changes at once; `build/` makes what the server serves. */
const config: UserConfig = defineConfig({
  base: '/studio/',
  plugins: [react()],
  build: {
    target: 'es2023',
    manifest: 'manifest.json',
    // Everything is fetched by name and kept for a year; small files inside scripts would be fetched with each change.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
  },
  server: {
    proxy: { '^/(p|control|auth|rest|graphql|realtime|storage)/': { target: server, changeOrigin: true } },
  },
});

export default config;
