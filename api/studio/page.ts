/** The one HTML page of the studio; its script draws what the path names. */
import { html } from 'hono/html'

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Text becomes markup in lit-html's own templates alone.
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
]

/** @param mediaFrom the origins that films are sent from, besides our own */
export const policy = (mediaFrom: string[]) => [...POLICY, ["media-src 'self'", ...mediaFrom].join(' ')].join('; ')

/**
 * @param version of the studio's files
 * @param scripts that the page begins with
 */
export function page(version: string, scripts: string[]) {
  const at = `/studio/${version}`
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Greenlight</title>
    <link rel="icon" href="${at}/icon.svg" />
    <link rel="stylesheet" href="${at}/studio.css" />
    <link rel="preload" href="${at}/fonts/inter-latin-wght-normal.woff2" as="font" type="font/woff2" crossorigin />
    ${scripts.map((name) => html`<link rel="modulepreload" href="${at}/${name}" />\n    `)}
    <script type="module" src="${at}/app.js"></script>
  </head>
  <body>
    <noscript>The studio needs JavaScript. The API is described at <a href="/api/docs">/api/docs</a>.</noscript>
  </body>
</html>`
}
