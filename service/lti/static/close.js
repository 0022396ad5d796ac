// Tells the platform that the registration is done (LTI Dynamic Registration 1.0, section 3.7).
(window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
