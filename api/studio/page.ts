/** The one HTML page of the studio; its script draws what the path names. */
import { html } from 'hono/html'

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** @param version of the studio's files */
export function page(version: string) {
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
    <link rel="modulepreload" href="${at}/app.js" />
    <link rel="modulepreload" href="${at}/lit-html/lit-html.js" />
    <script type="module" src="${at}/app.js"></script>
  </head>
  <body>
    <noscript>The studio needs JavaScript. The API is described at <a href="/api/docs">/api/docs</a>.</noscript>
  </body>
</html>`
}
