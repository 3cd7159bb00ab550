#include "map/page.h"

const char *const page_style[] = {
    "html{color-scheme:light dark}",
    "body{margin:0;background:#fcfdfe;color:#1a212c;font:15px/1.45 Helvetica,Arial,'DejaVu "
    "Sans',sans-serif}",
    "header,main,footer{max-width:1360px;margin:0 auto;padding:0 20px}",
    "h1{font-size:1.5em;margin:20px 0 8px}h2{font-size:1.2em;margin:32px 0 8px}",
    "h3{font-size:1.05em;margin:20px 0 6px}p{margin:6px 0;max-width:90ch}",
    ".verdict{padding:0;margin:8px 0;list-style:none}.error{color:#a31515}.warning{color:#7a4a00}",
    ".pass{color:#0b5c3b}",
    "form{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center;margin:14px 0 6px}",
    "input{font:inherit;padding:5px 8px;min-width:16em;color:inherit;background:#fff;"
    "border:1px solid #6a7483;border-radius:4px}",
    "input:focus-visible{outline:3px solid #1558c0;outline-offset:1px}",
    "#here{position:sticky;top:0;z-index:1;background:#fcfdfe;padding:6px 0;"
    "border-bottom:1px solid #c9d0da;min-height:1.45em;max-width:none;font-weight:bold}",
    "svg.map{display:block;max-width:100%;height:auto}svg.parts{width:100%}",
    ".image{cursor:pointer}.image:focus{outline:none}",
    ".map .image.on rect,.map .image:focus rect{stroke:#000;stroke-width:2}",
    ".map .dim rect{opacity:.22}.map .found rect{stroke:#000;stroke-width:1.6}",
    ".map .part{fill:#e3e8ef;stroke:#8b95a4}.map .part-cell{fill:#c9ecdd;stroke:#3f8a6b}",
    "table{border-collapse:collapse;margin:8px 0;font-variant-numeric:tabular-nums}",
    "caption{text-align:left;font-weight:bold;padding:6px 0}",
    "th,td{padding:3px 14px 3px 0;text-align:right;border-bottom:1px solid #d6dce4}",
    "th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere}",
    "thead th{border-bottom:2px solid #8b95a4}tbody th{font-weight:normal}",
    ".tables{display:flex;flex-wrap:wrap;gap:0 48px}.tables>section{min-width:0}"
    ".tables>.parts{flex:1 1 560px;max-width:1000px}",
    "footer{margin-top:32px;padding-bottom:24px;color:#4d5766}",
    NULL,
};

const char *const page_style_dark[] = {
    "body,#here{background:#11161d;color:#e7ebf1}.error{color:#ff9b8a}.warning{color:#f2c46d}",
    ".pass{color:#79d8ae}input{background:#1b222c;border-color:#8d98a8}",
    "input:focus-visible{outline-color:#86b3ff}#here{border-color:#39414d}",
    "th,td{border-color:#313945}thead th{border-color:#6a7686}footer{color:#aeb8c6}",
    ".map .image.on rect,.map .image:focus rect,.map .found rect{stroke:#fff}",
    ".map .part{fill:#242c37;stroke:#6a7686}.map .part-cell{fill:#15402f;stroke:#2f9c73}",
    NULL,
};

const char *const page_style_print[] = {
    "form,#here{display:none}header,main,footer{max-width:none;padding:0}",
    "svg.map{break-inside:avoid}thead{display:table-header-group}",
    "tr,h2,h3{break-inside:avoid}h2,h3,caption{break-after:avoid}",
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}",
    NULL,
};
