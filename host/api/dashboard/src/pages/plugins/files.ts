/** What was dropped: the component, and its signature if that came along. */
export function chooseFiles(files: File[]): { component: File | undefined; signature: File | undefined } {
  const signature = files.find((file) => file.name.endsWith(".minisig"));
  return { component: files.find((file) => file !== signature), signature };
}

/** The signature as it goes with the bytes: a header holds no line ends. */
export function signatureHeader(text: string): Record<string, string> {
  const bytes = new TextEncoder().encode(text);
  return { "runnel-signature": btoa(String.fromCharCode(...bytes)) };
}
