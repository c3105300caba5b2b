// Bundle the page.
import { build } from 'esbuild';

// Grafana's ES modules end in .mjs: esbuild then takes the default export of an older library to be the whole library,
// as node does. The same code as CommonJS has no such trouble.
const common = (name) => `./node_modules/@grafana/${name}/dist/cjs/index.cjs`;

await build({
  entryPoints: ['page.jsx'],
  bundle: true,
  minify: true,
  outfile: 'build/page.js',
  jsx: 'automatic',
  alias: { '@grafana/data': common('data'), '@grafana/ui': common('ui') },
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.svg': 'text', '.woff2': 'dataurl', '.woff': 'empty', '.ttf': 'empty' },
  logLevel: 'error',
});
