/** The document of the panel: nothing but references to its own script and style sheet, under a policy that lets nothing else in. */
export interface PanelSources {
  readonly scriptUri: string;
  readonly styleUri: string;
  /** The webview's own origin, for the style sheet. */
  readonly cspSource: string;
  /** New for each load, at least 128 bits. */
  readonly nonce: string;
}

export function panelHtml({ scriptUri, styleUri, cspSource, nonce }: PanelSources): string {
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Simulated scaling</title>
<link rel="stylesheet" href="${attribute(styleUri)}">
</head>
<body>
<script nonce="${attribute(nonce)}" src="${attribute(scriptUri)}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
