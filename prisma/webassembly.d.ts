/** What is used of WebAssembly: its types come with the browser's, which are left out here. */
declare namespace WebAssembly {
  type Exports = Record<string, unknown>
  type ModuleImports = Record<string, unknown>
  interface Instance {
    readonly exports: Exports
  }
  function instantiate(
    bytes: Uint8Array,
    imports: Record<string, ModuleImports>,
  ): Promise<{ instance: Instance; module: unknown }>
}
