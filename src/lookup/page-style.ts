import { createHash } from 'node:crypto';

/**
 * The only style sheet of the public pages, inline, so that a page needs one request and works when saved. Contrast
 * meets WCAG AA.
 */
export const PAGE_STYLE = `
:root{--ink:#1c2733;--soft:#52606d;--line:#dde2e7;--paper:#fff;--ground:#f4f2ee;--accent:#1d4e63;--good:#17603d;--good-bg:#e9f4ee;--bad:#9b1c1c;--bad-bg:#fbecea;--warn:#7a4a00;--warn-bg:#fbf3e2;--none:#3f4b57;--none-bg:#eceff2;
--serif:"Noto Serif",ui-serif,Cambria,"DejaVu Serif","Times New Roman",serif;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono",monospace;color-scheme:light}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:400 1rem/1.55 var(--sans)}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible,.file:focus-visible+.button{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem 1rem;z-index:1}
.bar{max-width:52rem;margin:0 auto;padding:1rem 1.25rem;display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;justify-content:space-between;align-items:center}
.bar .site{font-weight:600;color:var(--ink);text-decoration:none;padding:.4rem 0}
.bar ul{display:flex;flex-wrap:wrap;gap:0 1rem;list-style:none;margin:0;padding:0;font-size:.9rem}
.bar li a,.bar li span{display:inline-block;padding:.45rem 0}
.bar [aria-current]{color:var(--ink);font-weight:600}
main{max-width:52rem;margin:0 auto;padding:0 1.25rem 3rem}
.verdict{display:flex;gap:1rem;align-items:flex-start;padding:1.1rem 1.25rem;border-radius:12px;border:1px solid currentColor;margin:0 0 1.25rem}
.verdict svg{flex:none;width:2.25rem;height:2.25rem;margin-top:.1rem}
.verdict h1{font:600 1.35rem/1.3 var(--sans);margin:0}
.verdict p{margin:.2rem 0 0;color:var(--ink)}
.verdict>div{min-width:0}
.answer{margin:1.25rem 0 0;padding:1rem 1.1rem}.answer svg{width:1.75rem;height:1.75rem;margin-top:0}
.answer h3{font:600 1.1rem/1.35 var(--sans);margin:0}.answer ul{margin:.6rem 0 0;padding-inline-start:1.15rem;color:var(--ink)}.answer li{margin:.3rem 0}
.answer .after{border-top:1px solid var(--line);padding-top:1.25rem;margin-top:1.75rem}
.note{color:var(--ink);margin-top:.7rem}.answer .mono{display:block;overflow-wrap:anywhere;font-size:.85rem}
.valid{color:var(--good);background:var(--good-bg)}.revoked{color:var(--bad);background:var(--bad-bg)}
.expired,.superseded{color:var(--warn);background:var(--warn-bg)}.erased,.unknown,.notice{color:var(--none);background:var(--none-bg)}
.sheet{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:clamp(1.25rem,4vw,2.75rem)}
.sheet+.sheet{margin-top:1.25rem}
.kind{font-size:.85rem;color:var(--soft);margin:0}
.name{font:500 clamp(1.7rem,5.2vw,2.6rem)/1.2 var(--serif);margin:.25rem 0 0;overflow-wrap:anywhere;text-wrap:balance}
.latin{font:400 1.1rem/1.4 var(--serif);color:var(--soft);margin:.25rem 0 0;overflow-wrap:anywhere}
.course{font:400 clamp(1.15rem,3.2vw,1.45rem)/1.4 var(--serif);margin:1.4rem 0 0;overflow-wrap:anywhere;text-wrap:pretty}
dl{display:grid;grid-template-columns:1fr;gap:0;margin:1.75rem 0 0;border-top:1px solid var(--line)}
dl div{padding:.7rem 0;border-bottom:1px solid var(--line)}
dl div:last-child{border-bottom:0;padding-bottom:0}
dt{font-size:.85rem;color:var(--soft)}
dd{margin:.1rem 0 0;overflow-wrap:anywhere}
dd small{display:block;color:var(--soft);font-size:.9rem}
.mono{font-family:var(--mono);font-size:.95em;letter-spacing:.02em}
bdi{overflow-wrap:anywhere}
.picture{margin:1.25rem 0}
.picture a{display:block;border-radius:12px}
.picture img{display:block;width:100%;height:auto;aspect-ratio:auto 297/210;background:var(--paper);color:var(--soft);border:1px solid var(--line);border-radius:12px}
h2{font:600 1.15rem/1.35 var(--sans);margin:0 0 .75rem}
h3{font:600 1rem/1.35 var(--sans);margin:0 0 .5rem}
table{width:100%;border-collapse:collapse}
th{font-weight:400;font-size:.85rem;color:var(--soft);text-align:start}
th,td{padding:.55rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td:last-child,thead th:last-child{text-align:end;white-space:nowrap;padding-inline-start:1.5rem;font-variant-numeric:tabular-nums}
tfoot th{font-size:1rem;color:var(--ink)}tfoot th,tfoot td{border:0;font-weight:600;padding-bottom:0}
.work{margin:0;font:400 1.1rem/1.5 var(--serif);overflow-wrap:anywhere}
.meta{margin:.4rem 0 0;color:var(--soft)}
.button,button{display:inline-block;border:0;border-radius:8px;background:var(--accent);color:#fff;font:600 1rem/1.3 var(--sans);padding:.85rem 1.4rem;text-decoration:none;cursor:pointer}
.button:hover,button:hover{background:#163c4d}
.drop{display:flex;flex-wrap:wrap;align-items:center;gap:.75rem 1rem;margin:1.1rem 0 0;padding:1.4rem;border:2px dashed #7b8794;border-radius:12px;color:var(--soft)}
[data-over] .drop{border-color:var(--accent);background:#e8f0f3}
.file{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
#check-place p:first-child{margin:0}
details{margin-top:1.5rem}summary{cursor:pointer;font-weight:600;padding:.35rem 0}
.way{margin:1.1rem 0 0}.way+.note{margin-top:.15rem}
.commands{margin-top:.9rem}code{font-family:var(--mono);font-size:.95em;overflow-wrap:anywhere}
.colophon{margin:1.5rem 0 0;color:var(--soft);font-size:.9rem}.colophon p{margin:.15rem 0 0;overflow-wrap:anywhere}
.print{margin-top:1.5rem}.print .mono{display:block;overflow-wrap:anywhere;line-height:1.5}
.sheet .after{border-top:1px solid var(--line);padding-top:1.25rem;margin-top:1.75rem}
.note{color:var(--soft);margin:.35rem 0 0;font-size:.95rem}
.history{list-style:none;margin:0;padding:0}.history li{padding:.65rem 0;border-top:1px solid var(--line)}
.history .mono{display:block;color:var(--soft);overflow-wrap:anywhere;font-size:.85rem}
form{display:grid;gap:1rem;margin:0}
form h2{margin:0}
.pair{display:grid;gap:1rem}
form+form{border-top:1px solid var(--line);padding-top:1.75rem;margin-top:1.75rem}
label{display:block;font-weight:600}
.hint{display:block;color:var(--soft);font-size:.9rem}
input{width:100%;margin-top:.35rem;padding:.75rem .85rem;border:1px solid #7b8794;border-radius:8px;background:#fff;color:var(--ink);font:400 1.05rem/1.3 var(--sans)}
.help{margin:0 0 1.75rem;padding-inline-start:1.2rem}.help li{margin:.35rem 0}
.lead{margin:0 0 1.75rem;font-size:1.05rem}
.title{font:500 clamp(1.6rem,4.5vw,2.2rem)/1.25 var(--serif);margin:0 0 .5rem}
@media(min-width:44rem){
.bar{padding-block:1.5rem}
dl{grid-template-columns:1fr 1fr;column-gap:2.5rem}
dl .wide{grid-column:1/-1}
.commands{grid-template-columns:1fr}
.pair{grid-template-columns:1fr 1fr;gap:1rem 1.5rem}
form button{justify-self:start}
}
@media(hover:none){.drop span{display:none}}
@media print{
@page{margin:15mm}
main{max-width:none;padding:0}.bar{max-width:none;padding:0 0 .75rem}
.picture{break-inside:avoid;margin:0 0 1rem}.picture img{max-height:95mm;width:auto;margin:0 auto;border:0;border-radius:0}
.meta a::after{content:" " attr(href);overflow-wrap:anywhere}
.name{font-size:20pt}.course{font-size:13pt;margin-top:.7rem}dl{grid-template-columns:1fr 1fr;column-gap:2.5rem;margin-top:1rem}dl .wide{grid-column:1/-1}
dl div{padding:.35rem 0}h2{break-after:avoid}
a{color:inherit;text-decoration:none}
body{background:#fff;font-size:10.5pt}
.bar ul,.skip,.button,.no-print{display:none}
.sheet{border:0;padding:0 0 1rem;break-inside:auto}.verdict{break-inside:avoid;print-color-adjust:exact}
tr,li{break-inside:avoid}
}
`;

/** `Content-Security-Policy` source that allows exactly this style sheet. */
export const PAGE_STYLE_SOURCE = `'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`;
