"""The pages in a real browser: headless Chromium, with axe-core on every page, and once with scripts off.

VMFA_SCREENSHOTS=FOLDER keeps a picture of every page, at two widths, light and dark."""

import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import axe_playwright_python
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from service import Service, code, step

PASSWORD, OTHER = "Correct-horse-1", "Battery-staple-2"
AXE = pathlib.Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
PICTURES = os.environ.get("VMFA_SCREENSHOTS")
SIZES, SCHEMES = ((390, 844), (1280, 800)), ("light", "dark")


def chromium(scripts=True):
    options = webdriver.ChromeOptions()
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-device-scale-factor=1"):
        options.add_argument(option)
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
    driver.set_window_size(1280, 900)
    return driver


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service().initialise()
        cls.file = f"{cls.service.folder}/password"
        with open(cls.file, "w") as file:
            file.write(PASSWORD)
        cls.service.vmfa("user", "create", "admin", "--administrator", "--password-file", cls.file)
        cls.service.start()

    @classmethod
    def tearDownClass(cls):
        assert cls.service.stop() == 0

    def browser(self, scripts=True):
        self.driver = chromium(scripts)
        self.scripts = scripts
        self.seen = set()
        self.addCleanup(self.driver.quit)

    # What a person does

    def open(self, path):
        self.driver.get(self.service.url + path)

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.service.url)

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "main").text

    def fill(self, button, **fields):
        """Types into fields, and presses a button, both found by what a person reads."""
        for name, text in fields.items():
            field = self.driver.find_element(By.ID, name)
            field.clear()
            field.send_keys(text)
        self.press(button)

    def press(self, words):
        self.leave(self.driver.find_element(By.XPATH, f"//main//button[normalize-space()='{words}']"))

    def follow(self, words):
        self.leave(self.driver.find_element(By.XPATH, f"//a[normalize-space()='{words}']"))

    def leave(self, element):
        page = self.driver.find_element(By.TAG_NAME, "html")
        element.click()
        WebDriverWait(self.driver, 20).until(lambda _: self.is_gone(page))

    @staticmethod
    def is_gone(page):
        try:
            page.is_enabled()
            return False
        except Exception:
            return True

    def look(self, name):
        """What every page has to stand: axe-core, once for each, and no scroll bar sideways; pictures, where they are wanted."""
        if name in self.seen or not self.scripts:
            return
        self.seen.add(name)
        for scheme in SCHEMES:
            self.driver.execute_cdp_cmd(
                "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            for width, height in SIZES:
                self.driver.execute_cdp_cmd(
                    "Emulation.setDeviceMetricsOverride",
                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
                self.driver.execute_script(AXE)
                found = self.driver.execute_async_script(
                    "axe.run().then(arguments[arguments.length - 1])")["violations"]
                told = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
                self.assertEqual(told, [], f"{name}, {scheme}, {width}")
                wide = self.driver.execute_script("return document.documentElement.scrollWidth")
                self.assertLessEqual(wide, width, f"{name} is {wide} wide at {width}")
                if PICTURES:
                    os.makedirs(PICTURES, exist_ok=True)
                    self.driver.save_screenshot(f"{PICTURES}/{name}-{scheme}-{width}.png")
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def sign_in(self, user, password):
        self.open("/signin")
        self.fill("Sign in", user=user, password=password)

    def sign_out(self):
        self.leave(self.driver.find_element(By.XPATH, "//header//button[normalize-space()='Sign out']"))
        self.assertEqual(self.path, "/signin")

    def scan(self):
        """The otpauth URI that the QR code on the screen holds."""
        with tempfile.NamedTemporaryFile(suffix=".png") as picture:
            picture.write(self.driver.get_screenshot_as_png())
            picture.flush()
            return subprocess.run(
                ["zbarimg", "--quiet", "--raw", "--nodbus", picture.name], capture_output=True, text=True, check=True).stdout

    def assign(self, name):
        self.follow("Assign MFA device")
        self.look("device-name")
        self.fill("Continue", name=name)
        self.look("device-qr")
        uri = self.scan()
        self.assertTrue(uri.startswith("otpauth://totp/"), uri)
        secret = re.search("secret=([A-Z2-7]+)", uri)[1]
        now = step()
        self.fill("Continue", code1=code(secret, now - 2))
        self.look("device-second-code")
        self.fill("Assign MFA device", code2=code(secret, now - 1))
        self.assertIn("The MFA device is assigned.", self.text)
        return secret

    def wrong(self, secret):
        return next(each for each in ("000000", "111111", "222222") if each not in (
            code(secret, step() + offset) for offset in range(-2, 3)))

    def one_time_password(self, user):
        self.open("/users")
        self.look("users")
        self.follow("Create user")
        self.look("new-user")
        self.fill("Create user", name=user)
        self.look("one-time-password")
        return self.driver.find_elements(By.CLASS_NAME, "secret")[1].text

    # The tests

    def test_whole_life_of_a_device(self):
        self.browser()
        self.life("maria")

    def test_whole_life_without_scripts(self):
        self.browser(scripts=False)
        self.open("/signin")
        self.life("joan")

    def life(self, user):
        self.sign_in("admin", PASSWORD)
        self.look("front-administrator")
        given = self.one_time_password(user)
        self.sign_out()

        self.follow("Sign in as the root user instead")
        self.look("sign-in-root")
        self.follow("Sign in as a user instead")
        # First sign-in: a new password is asked for.
        self.look("sign-in")
        self.sign_in(user, given)
        self.assertEqual(self.path, "/new-password")
        self.look("new-password")
        self.fill("Set password", **{"new": OTHER, "repeat": OTHER})
        self.assertEqual(self.path, "/")
        self.look("front-user")
        self.follow("Security credentials")
        self.look("credentials-empty")
        secret = self.assign(f"{user}-phone")

        # Recovery codes, shown once.
        self.press("Create recovery codes")
        self.look("recovery-codes")
        recovery = [each.text for each in self.driver.find_elements(By.CSS_SELECTOR, ".codes code")]
        self.assertEqual(len(recovery), 10)
        self.follow("I have kept them")
        self.look("credentials")
        self.press("Create access key")
        self.look("access-key")
        self.follow("I have kept it")
        self.look("credentials-key")
        self.sign_out()

        # Password, then a code; the same code is refused.
        self.sign_in(user, OTHER)
        self.assertEqual(self.path, "/mfa")
        self.look("code")
        spent = code(secret, step())
        self.fill("Continue", code=spent)
        self.assertEqual(self.path, "/")
        self.sign_out()
        self.sign_in(user, OTHER)
        self.fill("Continue", code=spent)
        self.assertIn("used already", self.text)
        self.look("code-refused")

        # Wrong codes lock, and the wait is shown.
        for _ in range(8):
            if "Too many wrong codes" in self.text:
                break
            self.fill("Continue", code=self.wrong(secret))
        self.assertRegex(self.text, r"Too many wrong codes\. Try again in \d+ (second|minute)s?\.")
        self.look("locked")
        self.unlock(user)

        # A recovery code instead.
        self.sign_in(user, OTHER)
        self.follow("Use a recovery code")
        self.look("recovery-code")
        self.fill("Continue", code=recovery[0])
        self.assertEqual(self.path, "/")

        # Resync: the device's clock runs ahead.
        self.follow("Security credentials")
        self.follow("Resync")
        self.look("resync")
        now = step()
        self.fill("Continue", code1=code(secret, now + 4))
        self.fill("Resync", code2=code(secret, now + 5))
        self.assertIn("in step again", self.text)
        self.follow("Change password")
        self.look("change-password")
        self.follow("Cancel")
        self.follow("Remove")
        self.look("remove")
        self.fill("Remove", code=code(secret, now + 6))
        self.assertIn("was removed", self.text)
        self.sign_out()
        self.audit(user)

    def unlock(self, user):
        self.press("Cancel")
        self.sign_in("admin", PASSWORD)
        self.open(f"/users/{user}")
        self.look("user-locked")
        self.press("Unlock")
        self.assertIn("The user is unlocked.", self.text)
        self.look("user")
        self.sign_out()

    def audit(self, user):
        self.sign_in("admin", PASSWORD)
        self.open(f"/audit?user={user}")
        self.look("audit")
        for event in (
            "CreateUser", "ConsoleLogin", "ChangePassword", "CreateVirtualMFADevice", "EnableMFADevice", "CreateRecoveryCodes",
            "CreateAccessKey", "VerifyCode", "LockUser", "UnlockUser", "VerifyRecoveryCode", "ResyncMFADevice",
            "DeactivateMFADevice", "DeleteVirtualMFADevice"):
            self.assertIn(event, self.text)
        self.open("/users?mfa=none")
        self.look("users-without-mfa")
        self.assertIn(user, self.text)
        self.open("/password-policy")
        self.look("password-policy")
        self.driver.get(self.service.url + "/users/nobody")
        self.look("not-found")
        self.sign_out()

    def test_script_helps_with_codes(self):
        """A code that is pasted with a space loses it; a whole one has the button in focus."""
        self.browser()
        self.service.vmfa("user", "create", "paste", "--password-file", self.file)
        secret = self.service.device("paste")["secret"]
        self.sign_in("paste", PASSWORD)
        field = self.driver.find_element(By.ID, "code")
        self.assertEqual(field, self.driver.switch_to.active_element)
        self.assertEqual(field.get_attribute("autocomplete"), "one-time-code")
        self.assertEqual(field.get_attribute("inputmode"), "numeric")
        right = code(secret, step())
        self.driver.execute_script(
            """const data = new DataTransfer(); data.setData("text", arguments[1]);
            arguments[0].dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));""",
            field, f" {right[:3]} {right[3:]} ")
        self.assertEqual(field.get_attribute("value"), right)
        button = self.driver.switch_to.active_element
        self.assertEqual(button.text, "Continue")
        page = self.driver.find_element(By.TAG_NAME, "html")
        button.send_keys(Keys.ENTER)
        WebDriverWait(self.driver, 20).until(lambda _: self.is_gone(page))
        self.assertEqual(self.path, "/")
        for entry in self.driver.get_log("browser"):
            self.assertNotIn("Content Security Policy", entry["message"])


if __name__ == "__main__":
    unittest.main()
