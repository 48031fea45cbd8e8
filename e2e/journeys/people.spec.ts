/** Inviting a clerk, who comes in by the link and sees customers with their contacts masked; and asking again. */
import { claim } from "../support/account.ts";
import { expect, test } from "../support/dangol.ts";

const PHONE = "010-9876-5432";

test("an owner invites a clerk, who sees a masked phone and no figures", async ({
  page,
  context,
  fresh,
  browser,
}) => {
  const owner = await claim(fresh);
  await context.addCookies([owner.cookie]);
  const { id } = await owner.post<{ id: string }>("/parties", {
    name: "민들레",
    phone: PHONE,
    note: `전화 ${PHONE}`,
  });

  await page.goto(`${owner.url}/settings/staff`);
  await page.getByRole("button", { name: "초대하기" }).click();
  await page.getByLabel("이름").fill("이점원");
  await page.getByLabel("이메일").fill("clerk@example.com");
  await page.getByLabel("역할").selectOption({ label: "점원" });
  await page
    .getByRole("dialog")
    .getByRole("button", { name: "초대하기" })
    .click();
  const link = await page.getByRole("dialog").locator("code").innerText();

  const other = await browser.newContext({ locale: "ko-KR" });
  const clerk = await other.newPage();
  await clerk.goto(link);
  await clerk
    .getByLabel("비밀번호", { exact: true })
    .fill("느티나무 그늘에서 쉬어요");
  await clerk
    .getByRole("button", { name: "시작하기" })
    .or(clerk.getByRole("button", { name: "비밀번호 저장" }))
    .click();
  await expect(clerk.getByRole("navigation").first()).toBeVisible();
  await clerk.goto(`${owner.url}/know/customers/${id}`);
  await expect(clerk.getByText("010-****-5432").first()).toBeVisible();
  await expect(clerk.getByText(PHONE)).toHaveCount(0);
  await other.close();

  await page.goto(`${owner.url}/know/customers/${id}`);
  await expect(page.getByText(PHONE).first()).toBeVisible();
});
