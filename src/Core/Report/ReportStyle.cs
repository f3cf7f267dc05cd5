namespace Verus.Artifact.Report;

/// <summary>The looks of the report: one column that fits a phone, colours of the reader's choice, and a form for paper.</summary>
internal static class ReportStyle
{
    public const string Css = Screen + Phone + Paper;

    private const string Screen = """
        :root{color-scheme:light dark;--ink:#1c2127;--soft:#59636e;--page:#fff;--line:#dde2e7;--card:#f6f8fa;--good:#116b3c;--bad:#b3261e;--open:#8a5300;--none:#59636e;--stamp:#9c1f1f;--stampback:#fdf0ef;--band:#0b62c433;--hatch:#0000000a}
        @media (prefers-color-scheme:dark){:root{--ink:#e6eaee;--soft:#9ba7b3;--page:#14181c;--line:#333b43;--card:#1c2228;--good:#63cb90;--bad:#ff938a;--open:#ecb75a;--none:#9ba7b3;--stamp:#ffa49c;--stampback:#3a1c1b;--band:#5aa7ff44;--hatch:#ffffff0d}}
        *{box-sizing:border-box}html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}
        body{margin:0 auto;padding:2.5rem 1.5rem 4rem;max-width:62rem;font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;color:var(--ink);background:var(--page);overflow-wrap:anywhere}
        h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.01em;margin:0 0 .3rem}h2{font-size:1.35rem;line-height:1.3;margin:0 0 1rem}h3{font-size:1.05rem;line-height:1.4;margin:1.6rem 0 .3rem}
        p{margin:.4rem 0}.soft,figcaption,caption{color:var(--soft)}h2 .soft{font-size:.9rem;font-weight:400}
        a{color:inherit;text-decoration-color:var(--soft);text-underline-offset:.15em}
        section{margin-top:3rem;padding-top:1.6rem;border-top:1px solid var(--line)}
        nav ul,.tally{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0;margin:1.2rem 0 0}
        nav a{display:block;padding:.2rem .7rem;border:1px solid var(--line);border-radius:1rem;font-size:.9rem;text-decoration:none}nav a:hover{background:var(--card)}
        .tally{margin:0 0 1.2rem}.tally li{padding:.35rem .8rem;border-radius:.4rem;background:var(--card);border:1px solid var(--line);font-size:.92rem}.tally strong{font-size:1.1rem}
        .stamp{display:block;width:fit-content;max-width:100%;margin:.6rem 0;padding:.3rem .7rem;border:2px solid var(--stamp);border-radius:.3rem;color:var(--stamp);background:var(--stampback);font-size:.85rem;font-weight:700;letter-spacing:.02em;line-height:1.35}
        .stamp.large{font-size:1.05rem;padding:.6rem 1rem;margin:1.1rem 0}
        .warnings{margin:1.2rem 0;padding:.9rem 1.1rem;border:1px solid var(--open);border-radius:.5rem}.warnings h2{font-size:1rem;margin:0 0 .3rem;color:var(--open)}.warnings ul{margin:0;padding-left:1.1rem;font-size:.92rem}
        .cards{display:grid;gap:1rem}
        .card{background:var(--card);border:1px solid var(--line);border-left:.45rem solid var(--none);border-radius:.5rem;padding:1rem 1.2rem;min-width:0}
        .card.good{border-left-color:var(--good)}.card.bad{border-left-color:var(--bad)}.card.open{border-left-color:var(--open)}
        .card.recorded{border-style:dashed;border-left-style:double;border-left-color:var(--none);background:repeating-linear-gradient(135deg,var(--card) 0 .9rem,var(--hatch) .9rem 1.8rem)}
        .card h3{margin:.1rem 0 .4rem}.name{font-weight:400;color:var(--soft)}.name::after{content:" ·"}
        .verdict{margin:0;font-size:1.15rem;font-weight:700}.good .verdict,.mark.good,.tally .good{color:var(--good)}.bad .verdict,.mark.bad,.tally .bad{color:var(--bad)}.open .verdict,.mark.open,.tally .open{color:var(--open)}.none .verdict,.mark.none,.tally .none{color:var(--none)}
        .recorded .verdict,.mark.recorded,.tally .recorded{color:var(--ink)}.mark{font-weight:600;white-space:nowrap}
        figure{margin:0 0 .6rem}.picture{overflow-x:auto;background:#fff;color:#000;border:1px solid var(--line);border-radius:.5rem;padding:1rem;text-align:center}
        .picture svg{display:block;width:100%;min-width:17.5rem;height:auto;margin:0 auto}
        figcaption{padding:.5rem 0 0;font-size:.95rem}
        .wide{overflow-x:auto;max-width:100%;margin:.6rem 0}.wide:focus-visible{outline:2px solid var(--soft);outline-offset:2px}
        table{border-collapse:collapse;font-size:.86rem;line-height:1.45;font-variant-numeric:tabular-nums}caption{text-align:left;padding:.2rem 0 .4rem;font-size:.86rem;min-width:14rem}
        th,td{padding:.3rem 1rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:normal;font-weight:400}thead th{font-weight:600;vertical-align:bottom;border-bottom:2px solid var(--line)}
        .num{text-align:right;white-space:nowrap}thead th.num{white-space:normal}td.recorded{color:var(--stamp);font-style:italic}thead th.recorded{color:var(--stamp)}.long{min-width:15rem;overflow-wrap:anywhere}.warn{color:var(--open)}
        .code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.82rem}
        .strip{display:block;width:7.5rem;height:1rem}.strip line{stroke:var(--soft);stroke-opacity:.5}.strip rect{fill:var(--band)}.strip circle{fill:var(--ink);fill-opacity:.6}
        pre{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;margin:.4rem 0;overflow-x:auto}
        ul.notes{margin:.4rem 0;padding-left:1.1rem;font-size:.88rem;color:var(--soft)}
        details{margin:.8rem 0}summary{cursor:pointer;font-weight:600;padding:.15rem 0}
        footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.85rem}
        """;

    private const string Phone = """
        @media (max-width:34rem){body{padding:1.4rem 1rem 3rem}h1{font-size:1.5rem}section{margin-top:2.2rem;padding-top:1.2rem}.card{padding:.8rem .9rem}.picture{padding:.5rem}}
        """;

    // Paper does not unfold or scroll: everything is shown, and wide tables may break their words.
    private const string Paper = """
        @page{margin:16mm 14mm}
        @media print{
        :root{color-scheme:light;--ink:#000;--soft:#444;--page:#fff;--line:#bbb;--card:#fff;--good:#0c5a31;--bad:#9c1f1f;--open:#6d4200;--none:#444;--stamp:#9c1f1f;--stampback:#fff;--hatch:#fff}
        body{max-width:none;padding:0;font-size:10pt;line-height:1.4}nav,summary::marker{display:none}summary{list-style:none}
        details::details-content{display:block;content-visibility:visible;height:auto}details:not([open])>*{display:block}
        section{margin-top:1.6rem}section.figure{break-before:page}.card,figure,.warnings,tr,pre{break-inside:avoid}h2,h3,summary,caption{break-after:avoid}thead{display:table-header-group}
        .wide,.picture,pre{overflow:visible}.picture{border:0;padding:0}table{font-size:7.5pt}th,td,.num,.mark{white-space:normal;padding-right:.6rem}.long{min-width:0}td,th{overflow-wrap:anywhere}.code,pre{font-size:7pt;white-space:pre-wrap}
        .strip{width:5rem}.card,.strip rect,.strip circle{-webkit-print-color-adjust:exact;print-color-adjust:exact}
        a{text-decoration:none}
        }
        """;
}
