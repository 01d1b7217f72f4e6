import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
// @ts-expect-error plain script without types, used in development only
import { samples } from './tools/mock.mjs';

// Every file has its own address with a hashed name: nothing is inlined, so the page runs under a policy without
// 'unsafe-inline', data: scripts or data: fonts.
export default defineConfig({
  plugins: [react(), samples(process.env['ASSAY_SAMPLES'])],
  server: process.env['ASSAY_SERVER'] ? { proxy: { '/api': process.env['ASSAY_SERVER'] } } : {},
  json: { stringify: true },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    cssCodeSplit: true,
    manifest: true,
    rollupOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
